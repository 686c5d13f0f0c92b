-- Where each child lives, and all that an obligation asks of its child, in one row.
-- Most children have lived in one place only: it stands in their own row, and no date is ever paired with a spell.

CREATE TABLE single_homes AS
SELECT
    child, count(*) AS spells, any_value(municipality) AS municipality, any_value(from_date) AS from_date,
    any_value(to_date) AS end_date
FROM known_residences
GROUP BY child;

CREATE TABLE spells_of_movers AS
SELECT
    child, from_date, municipality,
    coalesce(to_date, lead(from_date) OVER (PARTITION BY child ORDER BY from_date)) AS end_date
FROM known_residences SEMI JOIN (FROM single_homes WHERE spells > 1) USING (child);

-- Days on which something changes cut a mover's time into parts, from the first day of all on. In each part one spell
-- stands in: of those that cover it the one begun last; else the latest begun before; else the earliest.
CREATE TABLE homes_of_movers AS
WITH changes AS (
    SELECT child, from_date AS day FROM spells_of_movers
    UNION SELECT child, end_date FROM spells_of_movers WHERE end_date IS NOT NULL
    UNION SELECT child, DATE '0001-01-01' FROM spells_of_movers
),
parts AS (
    SELECT child, day AS starts, lead(day, 1, DATE '9999-12-31') OVER (PARTITION BY child ORDER BY day) AS stops
    FROM changes
)
SELECT
    child, starts, stops,
    arg_max(municipality, CASE
        WHEN from_date <= starts AND coalesce(starts < end_date, true) THEN 20_000_000 + (from_date - DATE '1900-01-01')
        WHEN from_date <= starts THEN 10_000_000 + (from_date - DATE '1900-01-01')
        ELSE DATE '1900-01-01' - from_date
    END) AS municipality,
    bool_or(from_date <= starts AND coalesce(starts < end_date, true)) AS is_resident
FROM parts JOIN spells_of_movers USING (child)
GROUP BY child, starts, stops;

CREATE TABLE lives AS
SELECT
    child, birth_date, death_date, coalesce(spells, 0)::UTINYINT AS spells, from_date, end_date,
    CASE WHEN spells = 1 THEN municipality WHEN spells IS NULL THEN pregnancy_municipality END AS home,
    pregnancy_municipality, first_known_date
FROM known_children LEFT JOIN single_homes USING (child) LEFT JOIN exposed USING (child);

-- The status algebra. `excuse` is null or the reason that excuses.
CREATE MACRO excuse_of_child(due_date, death_date, spells, is_resident) AS CASE
    WHEN death_date <= due_date THEN 'died'::reason
    WHEN due_date <= getvariable('as_of') AND spells > 0 AND NOT is_resident THEN 'not_resident'::reason
END;
CREATE MACRO status_of(met_date, due_date, excuse, is_denied) AS CASE
    WHEN met_date <= due_date THEN 'met'::status
    WHEN met_date > due_date THEN 'late'::status
    WHEN excuse IS NOT NULL THEN 'excused'::status
    WHEN due_date >= getvariable('as_of') THEN 'not_due'::status
    WHEN is_denied THEN 'contradicted'::status
    ELSE 'overdue'::status
END;

CREATE TABLE obligations (
    child INTEGER, pregnancy INTEGER, kind kind, measure measure, subject_id VARCHAR, trigger_date DATE, due_date DATE,
    met_date DATE, status status, reason reason, found_date DATE, municipality municipality, sector sector,
    severity severity, recommendation recommendation
);
