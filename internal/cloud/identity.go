package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is who acts, and where.
type Identity struct {
	Account string
	Region  string
	Caller  string    // ARN
	Expires time.Time // of the credentials; zero if they do not expire
}

// Identify asks AWS who we are. It is the first call of every run, and fails where credentials or network do.
func Identify(ctx context.Context, env *Env) (Identity, error) {
	out, err := sts.NewFromConfig(env.AWS).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.Options) {
		if env.Local() {
			o.Retryer = listened{o.Retryer}
		}
	})
	if err != nil {
		return Identity{}, fmt.Errorf("ask AWS who we are: %w", err)
	}
	id := Identity{Account: aws.ToString(out.Account), Region: env.AWS.Region, Caller: aws.ToString(out.Arn)}
	if c, err := env.AWS.Credentials.Retrieve(ctx); err == nil && c.CanExpire {
		id.Expires = c.Expires
	}
	return id, nil
}
