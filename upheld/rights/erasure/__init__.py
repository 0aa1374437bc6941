"""Everything, or one thing, is deleted: planned, waited for, carried out, looked for again."""
