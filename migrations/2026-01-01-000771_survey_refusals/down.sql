DROP TABLE survey_refusals;
