DROP FUNCTION search_is_frequent(tsquery, bigint);
DROP INDEX tickets_created;
