-- Views are kept for every list. Which lists there are is known to the API, so a new one needs no migration.
ALTER TABLE saved_views DROP CONSTRAINT saved_views_list_check;
ALTER TABLE saved_views ADD CONSTRAINT saved_views_list_check CHECK (list ~ '^[a-z][a-z_]{1,39}$');
