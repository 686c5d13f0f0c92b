-- Conformance: the rows that keep the contract, once each. A row that breaks type, key, required, enumeration or
-- reference stays out; copies of a row count once; rows that contradict each other under one key all stay out.
-- Children and pregnancies get small numbers, and the tables that name them are checked and renamed in one join.
-- What a table's `delivered_` view gives as `_key` is a 64-bit hash of its key: two keys that share one are taken for
-- one key that occurs twice.

CREATE MACRO is_day(given) AS coalesce(given BETWEEN DATE '1900-01-01' AND DATE '2199-12-31', true);
CREATE MACRO is_number(given) AS coalesce(isfinite(given), true);
CREATE MACRO is_of(given, read) AS (coalesce(given, '') = '' OR read IS NOT NULL);
CREATE MACRO is_pseudonym(given) AS NOT coalesce(regexp_matches(
    given,
    '(?i)^\s*(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}\s*-?\s*(?:[0-9]{4}|[01567][A-Z]{2}[0-9])\s*$'
), false);

CREATE MACRO delivered(name) AS TABLE FROM read_parquet(getvariable('canonical') || '/' || name || '.parquet');

CREATE MACRO accepted(rows, repeated) AS TABLE
    SELECT * EXCLUDE (_key) FROM query_table(rows) ANTI JOIN query_table(repeated) USING (_key)
    UNION ALL
    SELECT * EXCLUDE (_key)
    FROM (SELECT DISTINCT * FROM query_table(rows) SEMI JOIN query_table(repeated) USING (_key))
    QUALIFY count(*) OVER (PARTITION BY _key) = 1;

CREATE TABLE repeated_pregnancies AS
SELECT _key FROM (SELECT hash(pregnancy_id) AS _key FROM delivered('pregnancies'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_pregnancies AS
SELECT
    hash(pregnancy_id) AS _key, pregnancy_id, mother_id, TRY_CAST(municipality_code AS municipality) AS municipality,
    first_contact_date, due_date, end_date, TRY_CAST(outcome AS outcome) AS outcome, alcohol_asked, substances_asked,
    asked_date
FROM delivered('pregnancies') AS row
WHERE pregnancy_id <> '' AND mother_id <> '' AND is_pseudonym(mother_id)
    AND is_of(row.municipality_code, TRY_CAST(row.municipality_code AS municipality))
    AND is_day(first_contact_date) AND is_day(due_date) AND is_day(end_date) AND is_day(asked_date)
    AND TRY_CAST(row.outcome AS outcome) IS NOT NULL AND coalesce(care_level BETWEEN 1 AND 4, true);
CREATE TABLE pregnancies AS
SELECT row_number() OVER ()::INTEGER AS pregnancy, *
FROM accepted('delivered_pregnancies', 'repeated_pregnancies');

CREATE TABLE repeated_children AS
SELECT _key FROM (SELECT hash(child_id) AS _key FROM delivered('children'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_children AS
SELECT
    hash(child_id) AS _key, child_id, nullif(row.mother_id, '') AS mother_id, birth_date, gestational_age_days,
    death_date, named.pregnancy AS register_pregnancy
FROM delivered('children') AS row
LEFT JOIN pregnancies AS named ON named.pregnancy_id = row.pregnancy_id
WHERE child_id <> '' AND is_pseudonym(child_id) AND is_pseudonym(row.mother_id)
    AND is_of(row.pregnancy_id, named.pregnancy)
    AND birth_date IS NOT NULL AND is_day(birth_date) AND is_day(death_date) AND TRY_CAST(sex AS sex) IS NOT NULL;
CREATE TABLE children AS
SELECT row_number() OVER ()::INTEGER AS child, * FROM accepted('delivered_children', 'repeated_children');

CREATE TABLE repeated_exposures AS
SELECT _key FROM (SELECT hash(exposure_id) AS _key FROM delivered('exposures'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_exposures AS
SELECT
    hash(exposure_id) AS _key, exposure_id, pregnancies.pregnancy, children.child,
    TRY_CAST(substance AS substance) AS substance, TRY_CAST(certainty AS registered_certainty) AS certainty,
    detected_date, registered_date, TRY_CAST(recorded_by AS actor) AS recorded_by
FROM delivered('exposures') AS row
LEFT JOIN pregnancies ON pregnancies.pregnancy_id = row.pregnancy_id
LEFT JOIN children ON children.child_id = row.child_id
WHERE exposure_id <> '' AND is_of(row.pregnancy_id, pregnancies.pregnancy) AND is_of(row.child_id, children.child)
    AND (pregnancies.pregnancy IS NOT NULL OR children.child IS NOT NULL)
    AND TRY_CAST(row.substance AS substance) IS NOT NULL AND TRY_CAST(row.certainty AS registered_certainty) IS NOT NULL
    AND is_day(detected_date) AND registered_date IS NOT NULL AND is_day(registered_date)
    AND TRY_CAST(row.recorded_by AS actor) IS NOT NULL;
CREATE TABLE exposures AS FROM accepted('delivered_exposures', 'repeated_exposures');

CREATE TABLE repeated_residences AS
SELECT _key FROM (SELECT hash(child_id, from_date) AS _key FROM delivered('residences'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_residences AS
SELECT
    hash(child_id, from_date) AS _key, child, from_date,
    TRY_CAST(municipality_code AS municipality) AS municipality, to_date
FROM delivered('residences') AS row JOIN children USING (child_id)
WHERE from_date IS NOT NULL AND is_day(from_date) AND is_day(to_date) AND coalesce(to_date > from_date, true)
    AND TRY_CAST(row.municipality_code AS municipality) IS NOT NULL;
CREATE TABLE residences AS FROM accepted('delivered_residences', 'repeated_residences');

CREATE TABLE repeated_diagnoses AS
SELECT _key FROM (SELECT hash(person_id, sks_code, diagnosed_date) AS _key FROM delivered('diagnoses'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_diagnoses AS
SELECT
    hash(person_id, sks_code, diagnosed_date) AS _key, person_id, sks_code, diagnosed_date, is_refuted
FROM delivered('diagnoses')
WHERE person_id <> '' AND is_pseudonym(person_id) AND sks_code <> '' AND diagnosed_date IS NOT NULL
    AND is_day(diagnosed_date) AND is_refuted IS NOT NULL;
CREATE TABLE diagnoses AS FROM accepted('delivered_diagnoses', 'repeated_diagnoses');

CREATE TABLE repeated_treatments AS
SELECT _key FROM (SELECT hash(treatment_id) AS _key FROM delivered('treatments'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_treatments AS
SELECT
    hash(treatment_id) AS _key, treatment_id, person_id, TRY_CAST(substance AS substance) AS substance, start_date,
    end_date
FROM delivered('treatments') AS row
WHERE treatment_id <> '' AND person_id <> '' AND is_pseudonym(person_id)
    AND is_of(row.substance, TRY_CAST(row.substance AS substance))
    AND start_date IS NOT NULL AND is_day(start_date) AND is_day(end_date)
    AND is_of(row.municipality_code, TRY_CAST(row.municipality_code AS municipality));
CREATE TABLE treatments AS FROM accepted('delivered_treatments', 'repeated_treatments');

CREATE TABLE repeated_handovers AS
SELECT _key FROM (SELECT hash(handover_id) AS _key FROM delivered('handovers'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_handovers AS
SELECT
    hash(handover_id) AS _key, handover_id, children.child, pregnancies.pregnancy, TRY_CAST(kind AS handover_kind) AS kind,
    TRY_CAST(from_actor AS actor) AS from_actor, TRY_CAST(to_actor AS actor) AS to_actor,
    TRY_CAST(from_municipality_code AS municipality) AS from_municipality,
    TRY_CAST(to_municipality_code AS municipality) AS to_municipality, sent_date, received_date,
    coalesce(has_exposure, false) AS has_exposure
FROM delivered('handovers') AS row
LEFT JOIN pregnancies ON pregnancies.pregnancy_id = row.pregnancy_id
LEFT JOIN children ON children.child_id = row.child_id
WHERE handover_id <> '' AND is_of(row.pregnancy_id, pregnancies.pregnancy) AND is_of(row.child_id, children.child)
    AND (pregnancies.pregnancy IS NOT NULL OR children.child IS NOT NULL)
    AND TRY_CAST(row.kind AS handover_kind) IS NOT NULL AND TRY_CAST(row.from_actor AS actor) IS NOT NULL
    AND TRY_CAST(row.to_actor AS actor) IS NOT NULL
    AND is_of(row.from_municipality_code, TRY_CAST(row.from_municipality_code AS municipality))
    AND is_of(row.to_municipality_code, TRY_CAST(row.to_municipality_code AS municipality))
    AND sent_date IS NOT NULL AND is_day(sent_date) AND is_day(received_date)
    AND is_of(row.legal_basis, TRY_CAST(row.legal_basis AS legal_basis));
CREATE TABLE handovers AS FROM accepted('delivered_handovers', 'repeated_handovers');

CREATE TABLE repeated_support_records AS
SELECT _key FROM (SELECT hash(record_id) AS _key FROM delivered('support_records'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_support_records AS
SELECT
    hash(record_id) AS _key, record_id, child, TRY_CAST(municipality_code AS municipality) AS municipality,
    TRY_CAST(record_type AS record_type) AS record_type, opened_date, closed_date,
    TRY_CAST(exposure_status AS exposure_status) AS exposure_status, exposure_recorded_date
FROM delivered('support_records') AS row JOIN children USING (child_id)
WHERE record_id <> '' AND TRY_CAST(row.municipality_code AS municipality) IS NOT NULL
    AND TRY_CAST(row.record_type AS record_type) IS NOT NULL
    AND opened_date IS NOT NULL AND is_day(opened_date) AND is_day(closed_date) AND is_day(exposure_recorded_date)
    AND is_of(row.exposure_status, TRY_CAST(row.exposure_status AS exposure_status));
CREATE TABLE support_records AS FROM accepted('delivered_support_records', 'repeated_support_records');

CREATE TABLE repeated_contacts AS
SELECT _key FROM (SELECT hash(contact_id) AS _key FROM delivered('contacts'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_contacts AS
SELECT
    hash(contact_id) AS _key, child, birth_date, milestone, contact_date, TRY_CAST(status AS contact_status) AS status,
    municipality_code
FROM delivered('contacts') AS row JOIN children USING (child_id) JOIN schedule USING (programme, contact_code)
WHERE contact_id <> '' AND contact_date IS NOT NULL AND is_day(contact_date)
    AND TRY_CAST(row.status AS contact_status) IS NOT NULL
    AND is_of(row.municipality_code, TRY_CAST(row.municipality_code AS municipality));
CREATE TABLE contacts AS
SELECT child, birth_date, milestone, contact_date, status FROM accepted('delivered_contacts', 'repeated_contacts');

-- No rule of the main job reads assessments and costs: they are judged, and only counted.

CREATE TABLE repeated_assessments AS
SELECT _key FROM (SELECT hash(assessment_id) AS _key FROM delivered('assessments'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_assessments AS
SELECT
    hash(assessment_id) AS _key, child, assessed_date, instrument, TRY_CAST(domain AS domain) AS domain, z_score,
    TRY_CAST(result AS result) AS result
FROM delivered('assessments') AS row JOIN children USING (child_id)
WHERE assessment_id <> '' AND assessed_date IS NOT NULL AND is_day(assessed_date) AND instrument <> ''
    AND TRY_CAST(row.domain AS domain) IS NOT NULL AND is_number(z_score) AND TRY_CAST(row.result AS result) IS NOT NULL;

CREATE TABLE repeated_costs AS
SELECT _key FROM (SELECT hash(cost_id) AS _key FROM delivered('costs'))
QUALIFY _key = lag(_key) OVER (ORDER BY _key);
CREATE VIEW delivered_costs AS
SELECT
    hash(cost_id) AS _key, child, TRY_CAST(service AS service) AS service, TRY_CAST(payer AS payer) AS payer, start_date,
    end_date, amount_dkk
FROM delivered('costs') AS row JOIN children USING (child_id)
WHERE cost_id <> '' AND TRY_CAST(row.service AS service) IS NOT NULL AND TRY_CAST(row.payer AS payer) IS NOT NULL
    AND start_date IS NOT NULL AND is_day(start_date) AND end_date IS NOT NULL AND is_day(end_date)
    AND amount_dkk IS NOT NULL AND is_number(amount_dkk);

CREATE TABLE row_accounting AS
SELECT 'pregnancies' AS "table", (SELECT count(*) FROM delivered('pregnancies')) AS rows_read,
    (SELECT count(*) FROM pregnancies) AS accepted
UNION ALL SELECT 'children', (SELECT count(*) FROM delivered('children')), (SELECT count(*) FROM children)
UNION ALL SELECT 'exposures', (SELECT count(*) FROM delivered('exposures')), (SELECT count(*) FROM exposures)
UNION ALL SELECT 'residences', (SELECT count(*) FROM delivered('residences')), (SELECT count(*) FROM residences)
UNION ALL SELECT 'diagnoses', (SELECT count(*) FROM delivered('diagnoses')), (SELECT count(*) FROM diagnoses)
UNION ALL SELECT 'treatments', (SELECT count(*) FROM delivered('treatments')), (SELECT count(*) FROM treatments)
UNION ALL SELECT 'handovers', (SELECT count(*) FROM delivered('handovers')), (SELECT count(*) FROM handovers)
UNION ALL SELECT 'support_records', (SELECT count(*) FROM delivered('support_records')),
    (SELECT count(*) FROM support_records)
UNION ALL SELECT 'contacts', (SELECT count(*) FROM delivered('contacts')), (SELECT count(*) FROM contacts)
UNION ALL SELECT 'assessments', (SELECT count(*) FROM delivered('assessments')),
    (SELECT count(*) FROM accepted('delivered_assessments', 'repeated_assessments'))
UNION ALL SELECT 'costs', (SELECT count(*) FROM delivered('costs')),
    (SELECT count(*) FROM accepted('delivered_costs', 'repeated_costs'));
