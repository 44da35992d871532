# The queue that Keyferry learns of changes from, and the rules that fill it: one of it for each region that secrets are read in.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  description = "Name of the queue; one queue for each cluster"
  type        = string
  default     = "keyferry-events"
}

locals {
  rules = {
    # A staging label has moved: needs no trail.
    labels = {
      source      = ["aws.secretsmanager"]
      detail-type = ["Secret Label Updated"]
    }
    # Creation, deletion, tags, rotations that failed: only where a CloudTrail trail logs management events.
    calls = {
      source      = ["aws.secretsmanager"]
      detail-type = ["AWS API Call via CloudTrail"]
      detail = {
        eventName = [
          "CreateSecret",
          "DeleteSecret",
          "PutSecretValue",
          "RemoveRegionsFromReplication",
          "ReplicateSecretToRegions",
          "RestoreSecret",
          "RotateSecret",
          "StopReplicationToReplica",
          "TagResource",
          "UntagResource",
          "UpdateSecret",
          "UpdateSecretVersionStage",
        ]
      }
    }
    rotations = {
      source      = ["aws.secretsmanager"]
      detail-type = ["AWS Service Event via CloudTrail"]
      detail = {
        eventName = [
          "EndSecretVersionDelete",
          "RotationAbandoned",
          "RotationFailed",
          "RotationSucceeded",
        ]
      }
    }
    parameters = {
      source      = ["aws.ssm"]
      detail-type = ["Parameter Store Change"]
    }
  }
}

resource "aws_sqs_queue" "events" {
  name                       = var.name
  message_retention_seconds  = 86400
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 120
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_cloudwatch_event_rule" "events" {
  for_each      = local.rules
  name          = "${var.name}-${each.key}"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "events" {
  for_each  = local.rules
  rule      = aws_cloudwatch_event_rule.events[each.key].name
  target_id = "keyferry"
  arn       = aws_sqs_queue.events.arn
}

# Without the condition, any rule of any account could write here.
data "aws_iam_policy_document" "events" {
  dynamic "statement" {
    for_each = local.rules
    content {
      sid       = title(statement.key)
      effect    = "Allow"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.events.arn]
      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [aws_cloudwatch_event_rule.events[statement.key].arn]
      }
    }
  }
}

resource "aws_sqs_queue_policy" "events" {
  queue_url = aws_sqs_queue.events.url
  policy    = data.aws_iam_policy_document.events.json
}

output "queue_url" {
  description = "For --event-queues, or eventQueues in the chart's values"
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "For the operator's policy (policies/events.json)"
  value       = aws_sqs_queue.events.arn
}
