DROP FUNCTION category_path(uuid);
ALTER TABLE mailboxes DROP COLUMN category_id;
ALTER TABLE tickets DROP COLUMN category_id;
DROP TABLE ticket_category_tree, ticket_categories;
