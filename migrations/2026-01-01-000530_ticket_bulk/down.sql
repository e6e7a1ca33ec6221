DROP TABLE ticket_bulk_rows, ticket_bulks;
