-- An option that is nearly right.
CREATE TABLE i (k STRING)
WITH ('connector' = 'print', 'standard-eror' = 'true');
