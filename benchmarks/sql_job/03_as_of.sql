-- What was known on the as-of day. Rows known later are not there; later knowledge inside a row is null.
-- Links look at all children and pregnancies, so those two tables keep their rows.

CREATE MACRO known_by_then(day) AS CASE WHEN day <= getvariable('as_of') THEN day END;

CREATE VIEW known_pregnancies AS
SELECT
    pregnancy, mother_id, municipality, first_contact_date, due_date, known_by_then(end_date) AS end_date,
    CASE WHEN end_date > getvariable('as_of') THEN 'unknown'::outcome ELSE outcome END AS outcome,
    known_by_then(asked_date) AS asked_date,
    coalesce(asked_date <= getvariable('as_of'), true) AND coalesce(alcohol_asked AND substances_asked, false)
        AS is_asked_about_both
FROM pregnancies
WHERE coalesce(first_contact_date <= getvariable('as_of'), true);

CREATE VIEW known_exposures AS FROM exposures WHERE registered_date <= getvariable('as_of');
CREATE VIEW known_residences AS
SELECT * REPLACE (known_by_then(to_date) AS to_date) FROM residences WHERE from_date <= getvariable('as_of');
CREATE VIEW known_diagnoses AS FROM diagnoses WHERE diagnosed_date <= getvariable('as_of');
CREATE VIEW known_treatments AS
SELECT * REPLACE (known_by_then(end_date) AS end_date) FROM treatments WHERE start_date <= getvariable('as_of');
CREATE VIEW known_handovers AS
SELECT * REPLACE (known_by_then(received_date) AS received_date) FROM handovers WHERE sent_date <= getvariable('as_of');
CREATE VIEW known_support_records AS
SELECT * REPLACE (
    known_by_then(closed_date) AS closed_date,
    CASE WHEN exposure_recorded_date > getvariable('as_of') THEN 'not_recorded'::exposure_status ELSE exposure_status END
        AS exposure_status,
    known_by_then(exposure_recorded_date) AS exposure_recorded_date
)
FROM support_records WHERE opened_date <= getvariable('as_of');
CREATE VIEW known_contacts AS FROM contacts WHERE contact_date <= getvariable('as_of');
