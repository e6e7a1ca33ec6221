DELETE FROM event_cursors WHERE consumer = 'search';
DROP TABLE search_vocabulary, ticket_words_due, ticket_words;
DROP FUNCTION search_query(text), search_words(text);
