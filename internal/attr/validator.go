package attr

// Problem is a mistake in a block's attributes that types alone cannot express, like two attributes that
// exclude each other.
type Problem struct {
	Attr    string // the guilty attribute, "" for the block as a whole
	Summary string // what is wrong
	Detail  string // what to do about it
}

// Validator is an injector or a probe that checks its attributes further. It asks nobody but itself: no AWS, no files.
type Validator interface {
	Validate() []Problem
}
