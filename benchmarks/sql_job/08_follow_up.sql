-- Kind 7: every planned contact of every child. Children born on one day share their windows, so these are worked out
-- once for each birth date.

CREATE TABLE windows AS
WITH ages AS (
    SELECT birth_date, schedule.*, CASE due_unit
        WHEN 'days' THEN birth_date + due_age ELSE (birth_date + to_months(due_age))::DATE END AS due_age_date
    FROM (SELECT DISTINCT birth_date FROM lives) CROSS JOIN schedule
)
SELECT
    birth_date, milestone, measure::measure AS measure, programme::programme AS programme, is_for_all, due_age_date,
    due_age_date - opens_days AS trigger_date, due_age_date + closes_days AS due_date,
    CASE WHEN programme IN ('family_clinic', 'gp') THEN 'region' ELSE 'municipality' END::sector AS sector,
    severity::severity AS severity, recommendation::recommendation AS recommendation
FROM ages
WHERE due_age_date - opens_days <= getvariable('as_of');

-- Contacts held in time, and a bit for each milestone that a child has met: what is missing is then known without
-- pairing contacts and milestones.
CREATE TABLE held_in_time AS
SELECT child, birth_date, milestone, contact_date
FROM known_contacts JOIN windows USING (birth_date, milestone)
WHERE status = 'attended' AND contact_date >= trigger_date;

CREATE TABLE milestones_met AS
SELECT child, bit_or(1::UINTEGER << milestone) AS met, count(*) > bit_count(bit_or(1::UINTEGER << milestone)) AS has_several
FROM held_in_time GROUP BY child;

CREATE TABLE first_held AS
SELECT child, birth_date, milestone, contact_date AS met_date
FROM held_in_time ANTI JOIN (FROM milestones_met WHERE has_several) USING (child)
UNION ALL
SELECT child, any_value(birth_date), milestone, min(contact_date)
FROM held_in_time SEMI JOIN (FROM milestones_met WHERE has_several) USING (child)
GROUP BY child, milestone;
DROP TABLE held_in_time;

CREATE TABLE missing AS
WITH open AS (
    SELECT
        birth_date, bit_or(CASE WHEN is_for_all THEN 1::UINTEGER << milestone ELSE 0 END) AS for_all,
        bit_or(1::UINTEGER << milestone) AS for_exposed
    FROM windows GROUP BY birth_date
),
unmet AS (
    SELECT child, birth_date,
        CASE WHEN first_known_date IS NULL THEN for_all ELSE for_exposed END & ~coalesce(met, 0)::UINTEGER AS milestones
    FROM lives JOIN open USING (birth_date) LEFT JOIN milestones_met USING (child)
),
each_bit AS (
    SELECT milestones, milestone
    FROM (SELECT DISTINCT milestones FROM unmet) JOIN schedule ON milestones & (1::UINTEGER << milestone) <> 0
)
SELECT child, birth_date, milestone, NULL::DATE AS met_date FROM unmet JOIN each_bit USING (milestones);

-- A mover has one home for each part of its time, and everybody else has one for all days.
CREATE TABLE homes AS
SELECT child, death_date, first_known_date, spells, from_date, end_date, DATE '0001-01-01' AS starts,
    DATE '9999-12-31' AS stops, home AS municipality, NULL::BOOLEAN AS is_resident
FROM lives WHERE spells <= 1
UNION ALL
SELECT child, death_date, first_known_date, spells, from_date, end_date, starts, stops,
    coalesce(homes_of_movers.municipality, pregnancy_municipality), is_resident
FROM lives JOIN homes_of_movers USING (child);

CREATE MACRO due_of(rows) AS TABLE
    SELECT child, milestone, measure, programme, trigger_date, due_date, met_date, municipality, sector, severity,
        recommendation, death_date, spells,
        coalesce(is_resident, from_date <= due_date AND coalesce(due_date < end_date, true), false) AS is_resident
    FROM query_table(rows)
    JOIN windows USING (birth_date, milestone)
    JOIN homes USING (child)
    WHERE least(due_date, getvariable('as_of')) >= starts AND least(due_date, getvariable('as_of')) < stops
        AND (is_for_all OR coalesce(first_known_date <= due_age_date, false))
        AND coalesce(death_date >= trigger_date, true);

INSERT INTO obligations
SELECT
    child, NULL, 'follow_up', measure, NULL, trigger_date, due_date, met_date, status_of(met_date, due_date, NULL, false),
    NULL, NULL, municipality, sector, severity, recommendation
FROM due_of('first_held');

CREATE TABLE unmet AS
SELECT *, status_of(NULL::DATE, due_date, excuse, false) AS status
FROM (SELECT *, excuse_of_child(due_date, death_date, spells, is_resident) AS excuse FROM due_of('missing'));

INSERT INTO obligations
SELECT
    child, NULL, 'follow_up', measure, NULL, trigger_date, due_date, NULL, status, excuse, NULL, municipality, sector,
    severity, recommendation
FROM unmet WHERE status <> 'overdue';

-- Why contacts were lost. None of these has a contact held in time, so only the others can say it.
CREATE TABLE lost AS SELECT * EXCLUDE (status) FROM unmet WHERE status = 'overdue';

CREATE TABLE said AS
SELECT
    child, milestone,
    max(contact_date) FILTER (status = 'attended') AS last_attended_date,
    max(contact_date) FILTER (status = 'no_show' AND contact_date >= trigger_date) AS no_show_date,
    max(contact_date) FILTER (status = 'declined') AS last_declined_date
FROM known_contacts JOIN lost USING (child, milestone)
GROUP BY child, milestone;

CREATE TABLE turned_down AS
SELECT * EXCLUDE (last_declined_date),
    CASE WHEN NOT coalesce(last_attended_date > last_declined_date, false) THEN last_declined_date END AS declined_date
FROM said;

CREATE TABLE under_another_code AS
WITH unexplained AS (
    SELECT lost.* FROM lost LEFT JOIN turned_down USING (child, milestone)
    WHERE last_attended_date IS NULL AND no_show_date IS NULL AND declined_date IS NULL
),
attended AS (
    SELECT child, schedule.programme::programme AS programme, milestone AS other_milestone, contact_date
    FROM known_contacts JOIN schedule USING (milestone) WHERE status = 'attended'
)
SELECT child, milestone, max(contact_date) AS undocumented_date
FROM attended JOIN unexplained USING (child, programme)
WHERE milestone <> other_milestone AND contact_date BETWEEN trigger_date AND due_date
GROUP BY child, milestone;

INSERT INTO obligations
SELECT
    child, NULL, 'follow_up', measure, NULL, trigger_date, due_date, NULL, 'overdue',
    CASE
        WHEN declined_date IS NOT NULL AND coalesce(declined_date >= no_show_date, true) THEN 'declined'::reason
        WHEN no_show_date IS NOT NULL THEN 'no_show'::reason
        WHEN last_attended_date IS NOT NULL THEN 'too_early'::reason
        WHEN undocumented_date IS NOT NULL THEN 'undocumented'::reason
        ELSE 'no_contact'::reason
    END,
    coalesce(greatest(declined_date, no_show_date), last_attended_date, undocumented_date), municipality, sector,
    severity, recommendation
FROM lost LEFT JOIN turned_down USING (child, milestone) LEFT JOIN under_another_code USING (child, milestone);
