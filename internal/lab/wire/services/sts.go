package services

import (
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// newSTS is the Security Token Service: who am I?
func newSTS(w *world.World) *Service {
	s := (&Service{
		Name:    "sts",
		Version: "2011-06-15",
		Query:   protocol.AWSQuery{Namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
	}).with(
		read(func(*sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			account := w.Account()
			return &sts.GetCallerIdentityOutput{
				Account: aws.String(account.ID),
				Arn:     aws.String(account.User),
				UserId:  aws.String("AIDA" + path.Base(account.User)),
			}, nil
		}),
	)
	whoAmI := s.Operations["GetCallerIdentity"]
	whoAmI.IAM = "" // no policy can deny it
	s.Operations["GetCallerIdentity"] = whoAmI
	return s
}
