package traffic

import "syscall"

// dieWithParent has the kernel kill the process should this one be killed before it could.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
