DROP TABLE canned_reply_uses;
DROP TABLE canned_replies;
