"""Status of issued copies: one unlinkable entry for each copy, published as Token Status Lists (draft -20)."""
