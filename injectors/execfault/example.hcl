# A fault in two commands: a file stands for whatever your own commands break.
#
#   gameday run --lab --yes example.hcl
experiment "own_commands" {
  description = "A fault of our own is done, held and undone."
  baseline    = "3s"
  observe     = "6s"
  recovery    = "20s"

  inject "exec" "flag" {
    description = "raise the flag"
    do          = ["sh", "-c", "touch \"$TMPDIR/gameday-$GAMEDAY_RUN_ID-$GAMEDAY_STEP\""]
    undo        = ["sh", "-c", "rm -f \"$TMPDIR/gameday-$GAMEDAY_RUN_ID-$GAMEDAY_STEP\""]
    env         = { TMPDIR = "/tmp" }
    timeout     = "5s"
  }

  probe "healthy_targets" "conversations" {
    target_group = "conversations"
    every        = "1s"
    min          = 6
  }
}
