DROP INDEX tickets_group;
DROP INDEX tickets_group_under_way;
