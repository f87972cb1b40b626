package protocol

import (
	"net/http"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/traits"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
)

// AWSJSON is JSON both ways, with the action in the X-Amz-Target header.
type AWSJSON struct {
	codec       jsonCodec
	contentType string
	fromQuery   bool
	failure     string // the code of Unavailable where it is not the usual one
}

// jsonCodec turns inputs, outputs and faults into JSON and back.
type jsonCodec interface {
	read(body []byte, in any) error
	write(out any) []byte
	fail(f *Fault) []byte
}

// NewAWSJSON11 is awsJson 1.1, as ECS speaks it.
func NewAWSJSON11(service *smithy.ServiceSchema) AWSJSON {
	return AWSJSON{codec: codec{awsjson.New11(service)}, contentType: "application/x-amz-json-1.1", fromQuery: wasQuery(service)}
}

// NewAWSJSON10 is awsJson 1.0, as some clients of CloudWatch speak it.
func NewAWSJSON10(service *smithy.ServiceSchema) AWSJSON {
	return AWSJSON{codec: codec{awsjson.New10(service)}, contentType: "application/x-amz-json-1.0", fromQuery: wasQuery(service)}
}

// NewPlainAWSJSON11 is awsJson 1.1 for services whose clients carry no shapes: members are called as their fields are in Go.
func NewPlainAWSJSON11() AWSJSON {
	return AWSJSON{codec: plainJSON{}, contentType: "application/x-amz-json-1.1"}
}

// Failing is p for a service that has a code of its own for what is its own fault.
func (p AWSJSON) Failing(code string) AWSJSON {
	p.failure = code
	return p
}

// Read fills in; members that it does not know are ignored.
func (p AWSJSON) Read(body []byte, in any) error { return p.codec.read(body, in) }

// Write answers in JSON.
func (p AWSJSON) Write(w http.ResponseWriter, c Call, out any) {
	send(w, c, p.contentType, http.StatusOK, p.codec.write(out))
}

// Fail answers with __type and message.
func (p AWSJSON) Fail(w http.ResponseWriter, c Call, f *Fault) {
	if p.fromQuery {
		w.Header().Set(queryError, f.Code+";"+f.party())
	}
	send(w, c, p.contentType, f.status(), p.codec.fail(f))
}

// Refuse speaks as the JSON services do.
func (p AWSJSON) Refuse(r Refusal, message string) *Fault {
	if p.fromQuery {
		return queryWording.refuse(r, message)
	}
	f := jsonWording.refuse(r, message)
	if r == Unavailable && p.failure != "" {
		f.Code = p.failure
	}
	return f
}

var jsonWording = wording{
	Throttled:     {Code: "ThrottlingException", Message: "Rate exceeded"},
	Unavailable:   {Code: "ServerException", Message: "Service Unavailable. Please try again later.", Status: 500},
	Denied:        {Code: "AccessDeniedException", Message: "Access denied"},
	Expired:       {Code: "ExpiredTokenException", Message: "The security token included in the request is expired"},
	Anonymous:     {Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token"},
	UnknownAction: {Code: "UnknownOperationException", Message: "The operation is not known"},
	Malformed:     {Code: "SerializationException", Message: "The request cannot be read"},
	Elsewhere:     {Code: "OptInRequired", Message: "The account has not enabled this region", Status: 403},
}

// queryError carries the error code of old to clients that still match on it.
const queryError = "X-Amzn-Query-Error"

// wasQuery says whether a service once spoke awsQuery and keeps its error codes.
func wasQuery(service *smithy.ServiceSchema) bool {
	_, ok := smithy.SchemaTrait[*traits.AWSQueryCompatible](service.Schema)
	return ok
}
