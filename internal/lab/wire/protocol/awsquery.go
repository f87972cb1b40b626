package protocol

import (
	"bytes"
	"net/http"
	"reflect"
)

// AWSQuery is the protocol of most older services: a form in, XML out.
type AWSQuery struct {
	Namespace string // of the XML answers
}

// plainNaming takes the fields' names as they are, on both ways.
var plainNaming = naming{
	item:    "member",
	infix:   "member",
	param:   func(_ reflect.Type, f reflect.StructField) string { return f.Name },
	element: func(_ reflect.Type, f reflect.StructField) string { return f.Name },
}

// Read fills in. Parameters it does not know are ignored, as the services do.
func (p AWSQuery) Read(body []byte, in any) error {
	_, err := readForm(body, plainNaming, in)
	return err
}

// Write answers with a Result and the metadata around it.
func (p AWSQuery) Write(w http.ResponseWriter, c Call, out any) {
	var b bytes.Buffer
	b.WriteString(`<` + c.Action + `Response xmlns="` + p.Namespace + `"><` + c.Action + `Result>`)
	writeMembers(&b, plainNaming, reflect.ValueOf(out).Elem())
	b.WriteString(`</` + c.Action + `Result><ResponseMetadata>`)
	writeText(&b, "RequestId", c.ID)
	b.WriteString(`</ResponseMetadata></` + c.Action + `Response>`)
	sendXML(w, c, http.StatusOK, b.Bytes())
}

// Fail answers with an ErrorResponse.
func (p AWSQuery) Fail(w http.ResponseWriter, c Call, f *Fault) {
	var b bytes.Buffer
	b.WriteString(`<ErrorResponse xmlns="` + p.Namespace + `"><Error>`)
	writeText(&b, "Type", f.party())
	writeText(&b, "Code", f.Code)
	writeText(&b, "Message", f.Message)
	b.WriteString(`</Error>`)
	writeText(&b, "RequestId", c.ID)
	b.WriteString(`</ErrorResponse>`)
	sendXML(w, c, f.status(), b.Bytes())
}

// Refuse speaks as the query services do.
func (AWSQuery) Refuse(r Refusal, message string) *Fault { return queryWording.refuse(r, message) }

// queryWording also serves what came from awsQuery and kept its codes (see NewCBOR). Shapes are for those.
var queryWording = wording{
	Throttled:     {Code: "Throttling", Message: "Rate exceeded", Shape: "ThrottlingException"},
	Unavailable:   {Code: "InternalFailure", Message: "An internal error has occurred", Status: 500},
	Denied:        {Code: "AccessDenied", Message: "Access denied", Status: 403, Shape: "AccessDeniedException"},
	Expired:       {Code: "ExpiredToken", Message: "The security token included in the request is expired", Status: 403, Shape: "ExpiredTokenException"},
	Anonymous:     {Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token", Status: 403, Shape: "MissingAuthenticationTokenException"},
	UnknownAction: {Code: "InvalidAction", Message: "Could not find operation", Shape: "UnknownOperationException"},
	Malformed:     {Code: "MalformedInput", Message: "The request cannot be read", Shape: "SerializationException"},
	Elsewhere:     {Code: "OptInRequired", Message: "The account has not enabled this region", Status: 403},
}
