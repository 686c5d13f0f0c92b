-- The results as Parquet, with small numbers for children and pregnancies, and their ids beside them.

CREATE MACRO file_of(name) AS getvariable('out') || '/' || name || '.parquet';

COPY (SELECT * FROM obligations) TO (file_of('obligations')) (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY (
    SELECT obligations.*, getvariable('as_of') - due_date AS age_days, birth_date, record_type
    FROM obligations LEFT JOIN lives USING (child) LEFT JOIN known_support_records ON record_id = subject_id
    WHERE status IN ('overdue', 'contradicted')
) TO (file_of('gaps')) (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY evidence TO (file_of('evidence')) (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY exposed TO (file_of('exposed')) (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY (SELECT child, pregnancy, mother_id, link FROM links) TO (file_of('links'))
    (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY counts TO (file_of('counts')) (FORMAT parquet);
COPY (SELECT child, child_id FROM children) TO (file_of('children')) (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY (SELECT pregnancy, pregnancy_id FROM pregnancies) TO (file_of('pregnancies'))
    (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY row_accounting TO (file_of('row_accounting')) (FORMAT parquet);
