-- The bytes go with their rows.
DELETE FROM message_pictures;
DROP TABLE message_pictures, message_picture_sets;
