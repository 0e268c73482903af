"""The licence library: the licences of this node's authorities, their versions, states and history."""
