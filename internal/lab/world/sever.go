package world

// sever tells the data plane which targets the nodes of the load balancers cannot reach any more, or can again.
func (w *World) sever() {}
