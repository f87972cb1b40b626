package cloud

import (
	"context"
	"slices"
	"sync"

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
