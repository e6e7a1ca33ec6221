DROP INDEX ticket_bulks_own;
