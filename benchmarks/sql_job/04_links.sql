-- Which pregnancy and which mother belong to a child: the register's own, else the only candidate by mother and dates.
-- Made on all rows, before the as-of view.

CREATE TABLE found_pregnancies AS
SELECT child, count(*) AS candidates, min(pregnancy) AS first_pregnancy
FROM children JOIN pregnancies USING (mother_id)
WHERE register_pregnancy IS NULL AND outcome NOT IN ('loss', 'stillbirth')
    AND CASE
        WHEN end_date IS NOT NULL THEN abs(birth_date - end_date) <= getvariable('link_end_days')
        ELSE birth_date BETWEEN due_date - getvariable('gestation_default_days')
            AND due_date + getvariable('link_after_due_days')
    END
GROUP BY child;

CREATE TABLE links AS
SELECT
    child,
    coalesce(register_pregnancy, CASE WHEN candidates = 1 THEN first_pregnancy END) AS pregnancy,
    coalesce(children.mother_id, pregnancies.mother_id) AS mother_id,
    CASE
        WHEN register_pregnancy IS NOT NULL THEN 'register'
        WHEN candidates = 1 THEN 'found'
        WHEN candidates > 1 THEN 'ambiguous'
        ELSE 'none'
    END AS link,
    birth_date, death_date, gestational_age_days, first_contact_date, municipality AS pregnancy_municipality
FROM children
LEFT JOIN found_pregnancies USING (child)
LEFT JOIN pregnancies
    ON pregnancies.pregnancy = coalesce(register_pregnancy, CASE WHEN candidates = 1 THEN first_pregnancy END);

-- A pregnancy that is not known yet gives its id and its mother, and nothing else.
CREATE VIEW known_children AS
SELECT
    child, pregnancy, mother_id, birth_date, known_by_then(death_date) AS death_date, gestational_age_days,
    CASE WHEN is_known THEN first_contact_date END AS first_contact_date,
    CASE WHEN is_known THEN pregnancy_municipality END AS pregnancy_municipality
FROM (SELECT *, coalesce(first_contact_date <= getvariable('as_of'), true) AS is_known FROM links)
WHERE birth_date <= getvariable('as_of');
