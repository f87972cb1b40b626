// Package cloud is what a kind may touch: the AWS configuration, an HTTP client, a logger, the run's id.
//
// A kind gets an *Env and nothing else. It makes its own AWS service client from Env.AWS, so the core never
// imports a service that no kind uses, and the same code runs against AWS and against the lab.
package cloud

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gameday/internal/load"
)

// RunTag is the tag that everything we create or change on AWS carries, with the run's id as its value:
// a second trail to what a run did, should the journal be lost.
const RunTag = "gameday:run"

// Env is the world as a kind sees it. It is read-only and safe for concurrent use.
type Env struct {
	AWS   aws.Config           // region, credentials, endpoint and retries, for any service's NewFromConfig
	HTTP  *http.Client         // for whatever is not AWS; follows no redirects
	Log   *slog.Logger         // progress and oddities; never secrets
	RunID string               // the run on whose behalf a kind acts
	Poll  time.Duration        // how often to look while waiting for AWS to change state
	Late  time.Duration        // how late CloudWatch's data may arrive before it counts as missing
	Undo  time.Duration        // how long an undo may take, with all its attempts, before it is left to a person
	Loads map[string]load.Load // the loads of the experiment, by name: what each has measured so far, and how to make it grow
}
