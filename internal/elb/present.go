package elb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/metrics"
)

// PresentPermissions are the IAM actions that Present needs.
func PresentPermissions() []string { return append(slices.Clone(Permissions[:]), metrics.Permission) }

// ErrSilent is why there is no present rate.
var ErrSilent = errors.New("CloudWatch has no requests of it")

// Rate is how many requests a load balancer gets.
type Rate struct {
	PerSecond float64
	Minutes   int // that it is the median of
}

// recent is how many minutes the present is.
const recent = 5

// Present is the rate at which requests come to a load balancer: the median of the last minutes of which CloudWatch has
// heard everything. Minutes without a point do not count, since they may merely be late.
func Present(ctx context.Context, env *cloud.Env, loadBalancer string) (Rate, error) {
	dimensions, err := Dimensions(ctx, env, loadBalancer, "")
	if err != nil {
		return Rate{}, err
	}
	now := time.Now()
	w := metrics.Final(now.Add(-time.Hour), now, now, time.Minute)
	w.From = w.To.Add(-recent * time.Minute)
	points, err := metrics.Read(ctx, env, w, metrics.Query{Namespace: Namespace, Name: "RequestCount", Dimensions: dimensions, Statistic: "Sum"})
	if err != nil {
		return Rate{}, fmt.Errorf("load balancer %q: %w", loadBalancer, err)
	}
	var counts []float64
	for _, n := range points[0] {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	if len(counts) == 0 || counts[len(counts)/2] <= 0 {
		return Rate{}, fmt.Errorf("the present rate of load balancer %q: %w in the minutes from %s to %s; see whether it has users, or write a rate like \"50/s\"",
			loadBalancer, ErrSilent, w.From.Format("15:04"), w.To.Format("15:04 UTC"))
	}
	middle := (counts[(len(counts)-1)/2] + counts[len(counts)/2]) / 2
	return Rate{PerSecond: middle / 60, Minutes: len(counts)}, nil
}
