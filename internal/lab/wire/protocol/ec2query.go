package protocol

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
)

// EC2Query is EC2's own dialect of awsQuery: flat lists in, lists of <item> out, and names of its own.
type EC2Query struct {
	Namespace string            // of the XML answers
	Elements  map[string]string // "Instance.State": "instanceState", where the usual rule does not give the XML name
	Params    map[string]string // "CreateTagsInput.Resources": "ResourceId", likewise for requests
}

func (p EC2Query) naming() naming {
	return naming{item: "item", param: p.param, element: p.element}
}

// param is the field's name, in the singular for lists.
func (p EC2Query) param(owner reflect.Type, f reflect.StructField) string {
	if name, ok := p.Params[owner.Name()+"."+f.Name]; ok {
		return name
	}
	if f.Type.Kind() == reflect.Slice {
		return singular(f.Name)
	}
	return f.Name
}

// element is the field's name in lower camel case, and for lists in the singular with "Set" behind it.
func (p EC2Query) element(owner reflect.Type, f reflect.StructField) string {
	if name, ok := p.Elements[owner.Name()+"."+f.Name]; ok {
		return name
	}
	name := strings.ToLower(f.Name[:1]) + f.Name[1:]
	if f.Type.Kind() == reflect.Slice && !strings.HasSuffix(name, "Set") {
		return singular(name) + "Set"
	}
	return name
}

// Read fills in and, as EC2 does, refuses parameters that it does not know.
func (p EC2Query) Read(body []byte, in any) error {
	unknown, err := readForm(body, p.naming(), in)
	if err != nil {
		return err
	}
	if unknown != "" {
		return Faultf("UnknownParameter", "The parameter %s is not recognized", unknown)
	}
	return nil
}

// Write answers in XML. An output without members becomes <return>true</return>.
func (p EC2Query) Write(w http.ResponseWriter, c Call, out any) {
	var b bytes.Buffer
	b.WriteString(xmlHeader)
	b.WriteString(`<` + c.Action + `Response xmlns="` + p.Namespace + `">`)
	writeText(&b, "requestId", c.ID)
	before := b.Len()
	writeMembers(&b, p.naming(), reflect.ValueOf(out).Elem())
	if b.Len() == before {
		writeText(&b, "return", "true")
	}
	b.WriteString(`</` + c.Action + `Response>`)
	sendXML(w, c, http.StatusOK, b.Bytes())
}

// Fail answers with <Response><Errors>.
func (p EC2Query) Fail(w http.ResponseWriter, c Call, f *Fault) {
	var b bytes.Buffer
	b.WriteString(xmlHeader + `<Response><Errors><Error>`)
	writeText(&b, "Code", f.Code)
	writeText(&b, "Message", f.Message)
	b.WriteString(`</Error></Errors>`)
	writeText(&b, "RequestID", c.ID)
	b.WriteString(`</Response>`)
	sendXML(w, c, f.status(), b.Bytes())
}

// Refuse speaks as EC2 does.
func (EC2Query) Refuse(r Refusal, message string) *Fault { return ec2Wording.refuse(r, message) }

var ec2Wording = wording{
	Throttled:     {Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: 503},
	Unavailable:   {Code: "InternalError", Message: "An internal error has occurred", Status: 500},
	Denied:        {Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation.", Status: 403},
	Expired:       {Code: "RequestExpired", Message: "Request has expired."},
	Anonymous:     {Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token", Status: 403},
	UnknownAction: {Code: "InvalidAction", Message: "The action is not valid for this web service."},
	Malformed:     {Code: "InvalidParameterValue", Message: "A parameter has an invalid value."},
	Elsewhere:     {Code: "OptInRequired", Message: "The account has not enabled this region", Status: 403},
}

// singular undoes an English plural, as far as API names need it.
func singular(name string) string {
	for _, end := range [...][2]string{{"ies", "y"}, {"sses", "ss"}, {"uses", "us"}, {"xes", "x"}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(name, end[0]); ok {
			return stem + end[1]
		}
	}
	return name
}
