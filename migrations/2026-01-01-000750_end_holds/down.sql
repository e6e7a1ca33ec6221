DROP INDEX tickets_hold_ends;
