-- Counts: obligations once into cells, and every number is a sum over cells.

CREATE TABLE counts AS
WITH cells AS (
    SELECT measure, year(due_date)::INTEGER AS year, municipality, due_date < getvariable('as_of') AS is_due, status,
        reason, count(*) AS obligations
    FROM obligations GROUP BY ALL
)
SELECT
    measure, year,
    CASE WHEN municipality IS NULL THEN 'unknown' WHEN municipality = '0411' THEN 'outside' ELSE municipality::VARCHAR END
        AS municipality_code,
    coalesce(sum(obligations) FILTER (is_due AND status IN ('met', 'late', 'overdue', 'contradicted')), 0)::BIGINT
        AS denominator,
    coalesce(sum(obligations) FILTER (is_due AND status IN ('met', 'late')), 0)::BIGINT AS numerator_ever,
    coalesce(sum(obligations) FILTER (is_due AND status = 'met'), 0)::BIGINT AS numerator_timely,
    coalesce(sum(obligations) FILTER (NOT is_due AND status IN ('met', 'late')), 0)::BIGINT AS early,
    coalesce(sum(obligations) FILTER (status = 'excused'), 0)::BIGINT AS excused,
    coalesce(sum(obligations) FILTER (status = 'not_due'), 0)::BIGINT AS not_due,
    coalesce(sum(obligations) FILTER (is_due AND reason IN ('no_contact', 'no_show')), 0)::BIGINT AS lost_to_follow_up,
    coalesce(sum(obligations) FILTER (is_due AND reason IN ('undocumented', 'too_early', 'not_confirmed')), 0)::BIGINT
        AS lost_to_documentation
FROM cells GROUP BY ALL ORDER BY ALL;
