/*
 * How a run changes a target and how that is taken back, whoever dies on the way: journal, locks, claims, watchdog,
 * rollback, dead man's switch. README.md says what is proved of it, and how.
 *
 * Two runs want the same target, and keep their records in different folders, so that nothing but the claim on the
 * target keeps them apart. Each of its steps changes one thing, which AWS keeps, through one call.
 *
 * What one process does in one step here, no other can see half of in reality: one flock, one line of a journal from
 * its first byte to its fsync (two steps, because it can tear in between), one AWS call, one look.
 *
 * CRASHES processes die, at any moment. TROUBLES things fail that may fail without anybody dying: a write to a full
 * disk, an undo that the run gives up. STUCK is a last step whose undo never works. WRONG_... are protocols that must
 * not pass.
 */

#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef TROUBLES
#define TROUBLES 1
#endif

#ifndef RUNS
#define RUNS 2
#endif
#ifndef STEPS
#define STEPS 1
#endif
#define LAST (STEPS - 1)
#define AT(r, s) ((r) * STEPS + (s)) /* where an array keeps what belongs to step s of run r */

#define NOBODY 7

/* Processes: the runner of run r is r. The second run goes without a watchdog, for the first one's shows what they do. */
#define RUNNER(r) (r)
#define DOG 2
#define OPERATOR 3
#define PROCESSES 4

bool dead[PROCESSES];
bool over[PROCESSES]; /* come to its end */
bool wanted;   /* the runner has started its watchdog */
bool watching; /* the watchdog has said so */
#define alive(r) (!dead[RUNNER(r)] && !over[r])
#define other(r) (1 - (r))

/* The journal of a run, as it is on the disk, and the kernel's lock on it. */
typedef Journal {
	byte lock = NOBODY;
	bool exists, ended;
	bool will[STEPS], undone[STEPS];
	byte torn;   /* lines at its end that are not whole */
	bool damaged /* two lines have become one in its middle: nobody can read on */
}
Journal journal[2];
#define open(r, s) (journal[r].will[s] && !journal[r].undone[s])
#define pending(r) (open(r, 0) || open(r, LAST))

/* The claim on the target: who holds the lock on its file, and whose it is by what the file says. */
byte held = NOBODY, says = NOBODY;
#define owns(r) (held == (r) && says == (r))

/*
 * AWS: what the target is like, a thing for each step. NOBODY is its own state, a run's number the state that this run's fault
 * gives it.
 */
byte target[STEPS] = NOBODY;
byte planned[2 * STEPS]; /* the state that the plan saw, and that the undo goes back to */
bool armed[2 * STEPS];   /* AWS has a schedule that ends the fault */
bool call[2 * STEPS];    /* the call that does the fault is under way */
#define true_undone(r, s) (!journal[r].undone[s] || (target[s] != r && !call[AT(r, s)]))

#ifdef WRONG_DISARM_WHAT_IS_SURE
bool sure; /* a run has seen its switch armed */
#endif

byte troubles = TROUBLES;

/* The properties: true until something proves the opposite. */
bool one_writer = true;      /* nobody writes to a journal but the holder of its lock */
bool no_lost_undo = true;    /* what a run has changed is pending in its journal */
bool no_false_undone = true; /* "undone" is not written while the run's fault is in effect, or may yet come to be */
bool live_runs_alone = true; /* nobody else undoes a step of a run that lives */
bool one_changer = true;     /* nothing is done to the target for a run, by anybody, while it is another run's */
#define must(property, condition) if :: !(condition) -> property = false; assert(property) :: else fi

/*
 * write adds one record, or fails and adds nothing. A crash in its middle leaves a torn line; the next record after
 * that would become one line with it.
 */
inline write(r, me, record) {
	atomic {
		must(one_writer, journal[r].lock == me);
		journal[r].torn++
	}
	atomic {
		if
		:: journal[r].torn == 1 -> record = true
		:: journal[r].torn > 1 -> journal[r].damaged = true
		:: me == RUNNER(r) && troubles > 0 -> troubles--
		fi;
		journal[r].torn = 0;
		must(no_false_undone, true_undone(r, 0) && true_undone(r, LAST))
	}
}

inline conclude(r, s, me) {
#ifdef WRONG_UNDONE_FIRST
	skip
#else
#ifdef WRONG_UNDONE_BEFORE_DISARM
	skip
#else
	write(r, me, journal[r].undone[s])
#endif
#endif
}

/*
 * undo looks, then makes the one call that restores the target, then takes back what was left with AWS. It looks for
 * longer than a call may be under way whose sender has died: so it waits for that here. The same holds for its own
 * calls, for which reason they are carried out at once. That it was done is written last, because from then on
 * nobody comes for this step any more, and others may have the target. AWS may refuse to take back what was left with it.
 */
inline undo(r, s, me) {
#ifdef STUCK
	if
	:: s == LAST
	:: s != LAST ->
#endif
#ifndef WRONG_NO_PATIENCE
	!call[AT(r, s)];
#endif
#ifdef WRONG_UNDONE_FIRST
	write(r, me, journal[r].undone[s]);
#endif
	atomic {
		must(live_runs_alone, me == RUNNER(r) || !alive(r));
		ours = (target[s] == r)
	}
	atomic {
		if
		:: ours -> must(one_changer, !owns(other(r))); target[s] = planned[AT(r, s)]
		:: else
		fi;
		ours = false
	}
#ifdef WRONG_UNDONE_BEFORE_DISARM
	write(r, me, journal[r].undone[s]);
#endif
#ifdef DEADMAN
	if
#ifdef WRONG_DISARM_WHAT_IS_SURE
	:: me == RUNNER(r) && !sure -> conclude(r, s, me)
	:: else ->
#else
	::
#endif
		armed[AT(r, s)] = false; conclude(r, s, me)
	:: atomic { troubles > 0 && armed[AT(r, s)] -> troubles-- }
#ifdef WRONG_UNDONE_THOUGH_ARMED
		conclude(r, s, me)
#endif
	fi
#else
	conclude(r, s, me)
#endif
#ifdef STUCK
	fi
#endif
}

/*
 * rollback is what the watchdog and `gameday rollback` have in common. It has looked without a lock whether there is
 * anything to do; now it locks, cuts the torn tail, says so, looks again, undoes what is pending, the latest first. One undo
 * that fails does not stop the others. That it tries again while somebody else has the lock is waiting for the lock here.
 */
inline rollback(r, me) {
#ifdef WRONG_LOCK_STOLEN
	journal[r].lock = me;
#else
#ifndef WRONG_ROLLBACK_WITHOUT_LOCK
	atomic { journal[r].lock == NOBODY -> journal[r].lock = me }
#endif
#endif
#ifndef WRONG_TORN_TAIL_LEFT
	journal[r].torn = 0;
#endif
	write(r, me, _); /* rollback */
	step = STEPS;
	do
	:: atomic { step > 0 && open(r, step - 1) -> step-- }
		undo(r, step, me);
#ifdef WRONG_FAILURE_STOPS
		if :: open(r, step) -> break :: else fi
#endif
	:: atomic { step > 0 && !open(r, step - 1) -> step-- }
	:: step == 0 -> break
	od;
#ifdef WRONG_FAILURE_STOPS
	step = 0;
#endif
	if :: journal[r].lock == me -> journal[r].lock = NOBODY :: else fi
}
#define reveals(r) (pending(r) && !journal[r].damaged)

/* watched starts the watchdog, and returns once it watches. */
inline watched(r) {
	if
	:: r > 0
	:: r == 0 -> wanted = true;
		if
		:: watching
		:: dead[DOG] && !watching -> goto end_record
		fi
	fi
}

/* insure leaves the end of the fault with AWS. The call may fail, and may be carried out and seem to have failed. */
inline insure(r, s) {
#ifdef DEADMAN
	if
	:: armed[AT(r, s)] = true
	:: armed[AT(r, s)] = true -> goto take_back
	:: goto take_back
	fi;
#endif
#ifdef WRONG_DISARM_WHAT_IS_SURE
	sure = true
#else
	skip
#endif
}

proctype Runner(byte r) {
	bool ours;
	byte step;
	{
		atomic { planned[AT(r, 0)] = target[0]; planned[AT(r, LAST)] = target[LAST] } /* long before: a person may have thought about the plan for an hour */

		/* The claim. Its holder may be gone while what it left is in effect still. */
		if
		:: atomic { held == NOBODY -> held = r }
		:: held != NOBODY -> goto refused
		fi;
#ifndef WRONG_CLAIM_UNASKED
		if
		:: says == NOBODY
		:: says == other(r) && journal[other(r)].exists && !pending(other(r))
		:: says == other(r) && (!journal[other(r)].exists || pending(other(r))) -> held = NOBODY; goto refused
		fi;
#endif
		says = r;

		/* The journal: a new file, locked, with its first record. */
		journal[r].exists = true;
		journal[r].lock = RUNNER(r);
		write(r, RUNNER(r), _); /* begin */

#ifndef WRONG_WATCHDOG_AFTER_DO
		watched(r); /* or nothing is touched */
#endif
		do
		:: step < STEPS ->
#ifndef WRONG_WILL_AFTER_DO
			write(r, RUNNER(r), journal[r].will[step]);
			if :: !journal[r].will[step] -> goto take_back :: else fi;
#endif

#ifndef WRONG_INSURE_AFTER_DO
			insure(r, step);
#endif

			/* The fault. The kind refuses a target that is not as planned. */
#ifndef WRONG_DO_UNSEEN
			if :: target[step] != planned[AT(r, step)] -> goto take_back :: else fi;
#endif
			atomic {
				must(one_changer, owns(r) && !open(other(r), step) && !call[AT(other(r), step)]);
				call[AT(r, step)] = true
			}
			/* Its answer comes, or is lost, or nobody waits for it because of Ctrl-C or `gameday stop`: what follows is the same. */
#ifdef WRONG_WILL_AFTER_DO
			write(r, RUNNER(r), journal[r].will[step]);
#endif
#ifdef WRONG_WATCHDOG_AFTER_DO
			watched(r);
#endif
#ifdef WRONG_INSURE_AFTER_DO
			insure(r, step);
#endif
			write(r, RUNNER(r), _); /* did */
			step++
		:: step > 0 -> break /* it ends early, or all is done */
		od;

take_back:
		step = STEPS;
		do
		:: atomic { step > 0 && open(r, step - 1) -> step-- }
			if
			:: undo(r, step, RUNNER(r))
			:: troubles > 0 -> troubles-- /* it is tried until its time is up, and left to a person */
			fi
		:: atomic { step > 0 && !open(r, step - 1) -> step-- }
		:: step == 0 -> break
		od;

end_record:
		write(r, RUNNER(r), journal[r].ended);

release:
		/* Where the journal says that something is pending, the file of the claim stays and goes on saying whose that is. */
		if
#ifdef WRONG_RELEASE_PENDING
		:: atomic { says = NOBODY; held = NOBODY }
#else
		:: atomic { !pending(r) -> says = NOBODY; held = NOBODY }
		:: atomic { pending(r) -> held = NOBODY }
#endif
		fi;
		atomic { journal[r].lock = NOBODY; over[r] = true }
refused:
		over[r] = true
	} unless { dead[RUNNER(r)] }
}

/*
 * Dog is the watchdog of a run, and the part of the runner that starts another one when one has died. It is started
 * before anything is touched, and waits for the lock that the kernel takes from a dead runner.
 */
proctype Dog() {
	bool ours;
	byte step;
end_idle:
	wanted;
watch:
	{
		watching = true;
		journal[0].lock == NOBODY;
		if
		:: journal[0].ended -> goto home /* a run that ended has said itself what it left */
		:: else
		fi;
		do
		:: reveals(0) -> rollback(0, DOG)
		:: else -> goto home
		od
	} unless { dead[DOG] };
	if
	:: atomic { watching && alive(0) && !journal[0].ended -> dead[DOG] = false; goto watch }
	:: !watching || !alive(0) || journal[0].ended
	fi;
home:
	over[DOG] = true
}

/* Operator is a person who calls `gameday rollback` at any moment, and again for as long as something is left. */
proctype Operator() {
	bool ours;
	byte step;
end_again:
	{
end_nothing_left:
		do
		:: reveals(0) -> rollback(0, OPERATOR)
		:: reveals(1) -> rollback(1, OPERATOR)
		od
	} unless { dead[OPERATOR] };
	dead[OPERATOR] = false;
	goto end_again
}

/*
 * AWS carries out the call that it was sent, or not. The schedule goes off at any time once nobody postpones it: ten
 * minutes, which is longer than a call of a dead runner may be under way.
 */
#define apply(r, s) atomic { call[AT(r, s)] -> must(no_lost_undo, open(r, s)); target[s] = r; call[AT(r, s)] = false }
#define lose(r, s) atomic { call[AT(r, s)] -> call[AT(r, s)] = false }
#define fire(r, s) atomic { armed[AT(r, s)] && !alive(r) && !call[AT(r, s)] -> \
	must(one_changer, !owns(other(r))); armed[AT(r, s)] = false; if :: target[s] == r -> target[s] = planned[AT(r, s)] :: else fi }
#define events(r, s) :: apply(r, s) :: lose(r, s) :: fire(r, s)
proctype AWS() {
end_quiet:
	do
	events(0, 0)
	events(1, 0)
#if STEPS > 1
	events(0, 1)
	events(1, 1)
#endif
	od
}

/* Death ends processes. The kernel takes the locks from them; what they have written remains. */
#ifdef WRONG_LOCK_BY_PID /* the number of a dead process is that of a stranger by now: it seems to hold the lock for ever */
#define kill(p) dead[p] = true; kills++
#else
#define kill(p) dead[p] = true; kills++; \
	if :: held == p -> held = NOBODY :: else fi; \
	if :: journal[0].lock == p -> journal[0].lock = NOBODY :: else fi; \
	if :: journal[1].lock == p -> journal[1].lock = NOBODY :: else fi
#endif
#define mortal(p) (kills < CRASHES && !dead[p] && !over[p])
proctype Death() {
	byte kills = 0;
end_enough:
	do
	:: atomic { mortal(RUNNER(0)) -> kill(RUNNER(0)) }
	:: atomic { mortal(RUNNER(1)) -> kill(RUNNER(1)) }
	:: atomic { mortal(DOG) && wanted -> kill(DOG) }
	:: atomic { mortal(OPERATOR) && (journal[0].lock == OPERATOR || journal[1].lock == OPERATOR) -> kill(OPERATOR) } /* before that, it has done nothing */
	od
}

init {
	atomic {
		run Runner(0);
#if RUNS > 1
		run Runner(1);
#endif
		run Dog();
#ifdef OPERATORS
		run Operator();
#endif
		run AWS();
		run Death()
	}
}

#define restored (target[0] == NOBODY && target[LAST] == NOBODY)
#define settled (!pending(0) && !pending(1) && restored)

/* As long as there is somebody to call rollback, everything is undone, and the journals say so. */
ltl an_operator { <> [] settled }

/* A watchdog does it alone if the last one lives, unless the run has ended and said itself what it left. */
ltl a_watchdog { (<> [] !dead[DOG] && [] !(journal[0].ended && pending(0))) -> <> [] settled }

/* With everybody dead, AWS ends the fault. */
ltl dead_man { <> [] restored }

/* What can be undone is, although something else never can. */
ltl the_others { <> [] (!open(0, 0) && target[0] == NOBODY) }
