DROP TABLE network_rules;
