package vpc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// Swap says what is swapped around which subnet. It is data, and survives JSON.
type Swap struct {
	Kind     string // the kind of fault, as in HCL: none takes another one's copies for its own
	Key      string // tells several faults of that kind apart on the same subnet; "" where they would all do the same
	VPC      string
	Subnet   string
	Original string // id of the route table or network ACL that the subnet had
	Main     bool   // it had no route table of its own: Original is the main one of the VPC
}

// The tags of a copy, besides cloud.RunTag.
const (
	KindTag     = "gameday:kind"
	keyTag      = "gameday:key"
	subnetTag   = "gameday:subnet"
	originalTag = "gameday:original"
	mainTag     = "gameday:main"
)

// Changed is the error of a Do or an Undo that found something which neither was so before the fault nor came of it: somebody else
// has changed it. Nothing of theirs is touched.
type Changed struct {
	What string // "the route table of subnet-0abc"
	Was  string // before the fault, as it would be restored
	Left string // by the fault
	Is   string // now
}

func (c *Changed) Error() string {
	return fmt.Sprintf("%s was %s, the fault made it %s, and now it is %s", c.What, c.Was, c.Left, c.Is)
}

// part is one of the two things around a subnet that can be swapped: T is a route table or a network ACL.
type part[T any] interface {
	look(ctx context.Context) (sight[T], error)
	create(ctx context.Context) error                     // an empty copy; the same again makes no other
	lacking(original, copied *T) []write                  // what the copy still needs
	asPlanned(original *T) error                          // the original still is what the plan was made for
	tie(ctx context.Context, link, id string) error       // the subnet to a copy
	untie(ctx context.Context, now sight[T]) error        // the subnet from a copy, back to what it had
	drop(ctx context.Context, id string, copied *T) error // a copy, with all that ties it to others
}

// sight is what is to be seen around a subnet.
type sight[T any] struct {
	tied     string        // id of what the subnet is tied to
	link     string        // id of that association; "" where a subnet only follows the main route table
	gone     bool          // the subnet does not exist any more
	original *T            // nil where it does not exist any more
	copies   map[string]*T // the fault's own, by id
	users    map[string][]string
}

// write is a call that changes something.
type write struct {
	what string
	do   func(context.Context) error
}

// what names what is swapped: "the route table of subnet-0abc".
func (s *Swap) what() string {
	if strings.HasPrefix(s.Original, "acl-") {
		return "the network ACL of " + s.Subnet
	}
	return "the route table of " + s.Subnet
}

// before is how the subnet was.
func (s *Swap) before() string {
	if s.Main {
		return "the VPC's main one"
	}
	return s.Original
}

// restored reports whether the subnet is as it was, which one that does not exist any more cannot be.
func restored[T any](s *Swap, now sight[T]) bool {
	switch {
	case now.gone:
		return true
	case s.Main:
		return now.link == ""
	}
	return now.link != "" && now.tied == s.Original
}

// prepare makes the copy, and returns its id once it is whole. Nobody uses it yet.
func prepare[T any](ctx context.Context, env *cloud.Env, s *Swap, p part[T]) (id string, now sight[T], err error) {
	if now, err = p.look(ctx); err != nil {
		return "", now, err
	}
	if now.copies[now.tied] == nil {
		if !restored(s, now) || now.gone || now.original == nil {
			return "", now, fmt.Errorf("%s is not %s any more, as it was when this was planned, but %s: plan again", s.what(), s.before(), now.is())
		}
		if err := p.asPlanned(now.original); err != nil {
			return "", now, err
		}
		if len(now.copies) == 0 {
			if err := p.create(ctx); err != nil {
				return "", now, fmt.Errorf("copy %s: %w", s.Original, err)
			}
		}
	}
	err = cloud.Await(ctx, env, 0, "the copy of "+s.Original, func(ctx context.Context) (string, bool, error) {
		now, err = p.look(ctx)
		return "it does not show", len(now.copies) > 0 && now.original != nil, err
	})
	if err != nil {
		return "", now, err
	}
	id = slices.Min(slices.Collect(maps.Keys(now.copies)))
	for _, w := range p.lacking(now.original, now.copies[id]) {
		if err := persist(ctx, env, w.do); err != nil {
			return "", now, fmt.Errorf("%s in %s, the copy of %s: %w", w.what, id, s.Original, err)
		}
	}
	err = cloud.Await(ctx, env, 0, "the copy of "+s.Original+" to be whole", func(ctx context.Context) (string, bool, error) {
		if now, err = p.look(ctx); err != nil || now.original == nil || now.copies[id] == nil {
			return "it does not show", false, err
		}
		lack := p.lacking(now.original, now.copies[id])
		if len(lack) > 0 {
			return "it lacks this: " + lack[0].what, false, nil
		}
		return "", true, nil
	})
	return id, now, err
}

// do ties the subnet to its copy, and returns once that shows.
func do[T any](ctx context.Context, env *cloud.Env, s *Swap, p part[T]) error {
	id, now, err := prepare(ctx, env, s, p)
	if err != nil {
		return err
	}
	if now.tied == id {
		return nil
	}
	if !restored(s, now) {
		return fmt.Errorf("%s is not %s any more, as it was when this was planned, but %s: plan again", s.what(), s.before(), now.is())
	}
	failed := p.tie(ctx, now.link, id)
	if failed != nil && forbidden(failed) {
		return fmt.Errorf("tie %s to %s: %w", s.Subnet, id, failed)
	}
	often := 0
	if failed != nil { // it may have been carried out all the same
		often = looks
	}
	var conflict *Changed
	err = cloud.Await(ctx, env, often, s.Subnet+" to be tied to "+id, func(ctx context.Context) (string, bool, error) {
		now, err := p.look(ctx)
		if err == nil && now.copies[now.tied] == nil && !restored(s, now) { // neither before nor after: however long that is looked at
			conflict = &Changed{s.what(), s.before(), id + ", the copy", now.is()}
		}
		return s.what() + " is " + now.is(), now.tied == id || conflict != nil, err
	})
	switch {
	case err != nil && failed != nil:
		return fmt.Errorf("tie %s to %s: %w", s.Subnet, id, failed)
	case err == nil && conflict != nil:
		return conflict
	}
	return err
}

// is says what the subnet is tied to.
func (n sight[T]) is() string {
	switch {
	case n.gone:
		return "gone with its subnet"
	case n.link == "":
		return "the VPC's main one"
	case n.copies[n.tied] != nil:
		return n.tied + ", the copy"
	}
	return n.tied
}

// lasts says what the subnet is tied to instead of the copy, "" while it is tied to that.
func lasts[T any](ctx context.Context, s *Swap, p part[T]) (ended string, err error) {
	now, err := p.look(ctx)
	if err != nil || now.copies[now.tied] != nil {
		return "", err
	}
	return s.what() + " is " + now.is(), nil
}

// undo ties the subnet to what it had and removes every copy, by what is to be seen and not by what may have been done. Where
// there is nothing of the fault, it looks for long enough to be sure. Where somebody else has changed the subnet, the copies stay:
// they are what tells that it was ours once.
func undo[T any](ctx context.Context, env *cloud.Env, s *Swap, p part[T]) error {
	var conflict *Changed
	quiet, acted := 0, false
	err := cloud.Wait(ctx, env, s.what()+" to be as it was", func(ctx context.Context) (string, bool, error) {
		now, err := p.look(ctx)
		if err != nil {
			return "", false, err
		}
		if now.copies[now.tied] != nil && (now.original != nil || s.Main) {
			quiet, acted = 0, true
			return "it is " + now.is(), false, p.untie(ctx, now)
		}
		if unused := now.unused(); len(unused) > 0 && restored(s, now) {
			quiet, acted = 0, true
			return "the copy is still there", false, dropAll(ctx, p, now, unused)
		}
		if conflict = conflicting(s, now); conflict == nil && acted {
			return "", true, nil
		}
		quiet++
		return "it is " + now.is(), quiet >= looks, nil
	})
	if err == nil && conflict != nil {
		return conflict
	}
	return err
}

// unused are the copies that no subnet is tied to.
func (n sight[T]) unused() []string {
	var ids []string
	for id := range n.copies {
		if len(n.users[id]) == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

func dropAll[T any](ctx context.Context, p part[T], now sight[T], ids []string) error {
	var failures []error
	for _, id := range ids {
		if err := p.drop(ctx, id, now.copies[id]); err != nil && !missing(err) {
			failures = append(failures, fmt.Errorf("remove the copy %s: %w", id, err))
		}
	}
	return errors.Join(failures...)
}

// conflicting is what somebody else has changed, nil if nothing. Without any copy the fault never got as far as the subnet.
func conflicting[T any](s *Swap, now sight[T]) *Changed {
	if len(now.users[now.tied]) > 0 {
		return &Changed{s.what(), s.before(), now.tied + ", the copy", fmt.Sprintf("still that, and %s does not exist any more", s.Original)}
	}
	for id := range now.copies {
		if !restored(s, now) {
			return &Changed{s.what(), s.before(), id + ", a copy of that", now.is()}
		}
		if others := now.users[id]; len(others) > 0 {
			return &Changed{id + ", the copy of " + s.Original, "not there", "used by nobody but " + s.Subnet, "used by " + strings.Join(others, ", ")}
		}
	}
	return nil
}

// token settles what a copy is known by before it is made, so that however often the call gets through, it makes one.
func (s *Swap) token(run string) *string {
	sum := sha256.Sum256([]byte(strings.Join([]string{run, s.Kind, s.Key, s.Subnet, s.Original}, "\n")))
	return aws.String("gameday-" + hex.EncodeToString(sum[:20]))
}

// tags mark a copy.
func (s *Swap) tags(kind types.ResourceType, run string) []types.TagSpecification {
	tags := []types.Tag{
		{Key: aws.String("Name"), Value: aws.String(fmt.Sprintf("gameday: %s for %s", s.Original, s.Kind))},
		{Key: aws.String(cloud.RunTag), Value: aws.String(run)},
		{Key: aws.String(KindTag), Value: aws.String(s.Kind)},
		{Key: aws.String(subnetTag), Value: aws.String(s.Subnet)},
		{Key: aws.String(originalTag), Value: aws.String(s.Original)},
		{Key: aws.String(mainTag), Value: aws.String(strconv.FormatBool(s.Main))},
	}
	if s.Key != "" {
		tags = append(tags, types.Tag{Key: aws.String(keyTag), Value: aws.String(s.Key)})
	}
	return []types.TagSpecification{{ResourceType: kind, Tags: tags}}
}

// owns reports whether a copy with these tags is this run's, for this swap.
func (s *Swap) owns(tags map[string]string, run string) bool {
	return tags[cloud.RunTag] == run && tags[KindTag] == s.Kind && tags[keyTag] == s.Key && tags[subnetTag] == s.Subnet
}

// told reads a swap back from the tags of its copy.
func told(tags map[string]string, vpc *string) Swap {
	return Swap{
		Kind: tags[KindTag], Key: tags[keyTag], VPC: aws.ToString(vpc), Subnet: tags[subnetTag], Original: tags[originalTag], Main: tags[mainTag] == "true",
	}
}
