//go:build tools

// Package tools pins what is built from this module: go.sum covers all that the Pulumi CLI needs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
