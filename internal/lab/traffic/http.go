package traffic

import (
	"time"

	"github.com/valyala/fasthttp"
)

// longestHead is how long the head of a request or an answer may be, in bytes.
const longestHead = 16 << 10

// newServer returns what speaks HTTP/1.1 with clients. Bodies are streamed, and nothing is added to answers.
func newServer(handler fasthttp.RequestHandler) *fasthttp.Server {
	return &fasthttp.Server{
		Handler: handler, Logger: silence{}, StreamRequestBody: true, DisablePreParseMultipartForm: true,
		NoDefaultServerHeader: true, NoDefaultContentType: true, NoDefaultDate: true,
		ReadBufferSize: longestHead, MaxIdleWorkerDuration: time.Second,
	}
}

// silence is a log that nobody reads.
type silence struct{}

func (silence) Printf(string, ...any) {}
