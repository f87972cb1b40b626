package cloud

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// expired are the codes by which AWS says that credentials were good once.
var expired = []string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}

// Expired reports whether an AWS call failed because its credentials have expired.
func Expired(err error) bool {
	f, called := dissect(err)
	return called && slices.Contains(expired, f.code)
}

// Renew has the next call read the credentials anew, from wherever they came first: a person may have logged in
// again meanwhile.
func (e *Env) Renew() {
	if r, ok := e.AWS.Credentials.(*renewable); ok {
		r.renew()
	}
}

// Outlast fails where the credentials end before a moment and nothing renews them: loaded anew, they end when they did.
// Those that do not say when they end pass, because nobody can know.
func Outlast(ctx context.Context, env *Env, moment time.Time) error {
	now, err := env.AWS.Credentials.Retrieve(ctx)
	if err != nil || !now.CanExpire || now.Expires.After(moment) {
		return err
	}
	env.Renew()
	again, err := env.AWS.Credentials.Retrieve(ctx)
	if err != nil || !again.CanExpire || again.Expires.After(now.Expires) {
		return err
	}
	return fmt.Errorf("the credentials end at %s UTC, and they are needed until %s: log in again, for longer", now.Expires.UTC().Format(time.TimeOnly), moment.UTC().Format(time.TimeOnly))
}

// renewable are credentials that can be loaded again. The AWS configuration reads files and environment only once.
type renewable struct {
	load func(context.Context) (aws.CredentialsProvider, error)

	mu      sync.Mutex
	current aws.CredentialsProvider // nil where they have to be loaded
}

// Retrieve is an aws.CredentialsProvider's.
func (r *renewable) Retrieve(ctx context.Context) (aws.Credentials, error) {
	p, err := r.provider(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	return p.Retrieve(ctx)
}

func (r *renewable) provider(ctx context.Context) (aws.CredentialsProvider, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == nil {
		p, err := r.load(ctx)
		if err != nil {
			return nil, err
		}
		r.current = p
	}
	return r.current, nil
}

func (r *renewable) renew() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = nil
}
