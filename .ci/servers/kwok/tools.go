//go:build tools

// Package tools names the kwok command, which plays the kubelets of the cluster tests.
package tools

import (
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
