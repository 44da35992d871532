//go:build tools

// Package tools names the helm command that the chart tests run.
package tools

import (
	_ "helm.sh/helm/v3/cmd/helm"
)
