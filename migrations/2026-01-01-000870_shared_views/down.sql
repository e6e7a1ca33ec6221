DROP TABLE saved_view_arrangements;
DROP INDEX saved_views_shared;
ALTER TABLE saved_views
    DROP CONSTRAINT saved_views_group,
    DROP COLUMN version,
    DROP COLUMN group_id,
    DROP COLUMN audience;
