package protocol

import (
	"net/http"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/rpcv2"
)

// CBOR is rpcv2Cbor: CBOR both ways, with service and action in the path.
type CBOR struct {
	codec codec
}

// NewCBOR is for services that came from awsQuery, as CloudWatch did, and kept its error codes.
func NewCBOR(service *smithy.ServiceSchema) CBOR {
	return CBOR{codec{rpcv2.NewCBOR(service)}}
}

// Read fills in; members that it does not know are ignored.
func (p CBOR) Read(body []byte, in any) error { return p.codec.read(body, in) }

// Write answers in CBOR.
func (p CBOR) Write(w http.ResponseWriter, c Call, out any) {
	p.send(w, c, http.StatusOK, p.codec.write(out))
}

// Fail answers with __type and message, and the query code in a header.
func (p CBOR) Fail(w http.ResponseWriter, c Call, f *Fault) {
	w.Header().Set(queryError, f.Code+";"+f.party())
	p.send(w, c, f.status(), p.codec.fail(f))
}

func (p CBOR) send(w http.ResponseWriter, c Call, status int, body []byte) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	send(w, c, "application/cbor", status, body)
}

// Refuse speaks as the query services do.
func (p CBOR) Refuse(r Refusal, message string) *Fault { return queryWording.refuse(r, message) }
