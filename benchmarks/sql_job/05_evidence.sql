-- Evidence of prenatal exposure from six sources, and what it says together about each exposed child.

-- A row that names a child is about that child only; one that names only a pregnancy is about every child of it.
CREATE TABLE exposures_about AS
SELECT known_exposures.* EXCLUDE (child), child, true AS names_child
FROM known_exposures SEMI JOIN known_children USING (child)
UNION ALL BY NAME
SELECT known_exposures.* EXCLUDE (child), known_children.child, false AS names_child
FROM known_exposures JOIN known_children USING (pregnancy) WHERE known_exposures.child IS NULL;

CREATE TABLE handovers_about AS
SELECT known_handovers.* EXCLUDE (child), child FROM known_handovers SEMI JOIN known_children USING (child)
UNION ALL BY NAME
SELECT known_handovers.* EXCLUDE (child), known_children.child
FROM known_handovers JOIN known_children USING (pregnancy) WHERE known_handovers.child IS NULL;

-- Prefixes are compared once for each different code; the longest one gives the substance.
CREATE TABLE listed_codes AS
SELECT sks_code, bearer, arg_max(substance, length(prefix))::substance AS substance
FROM (SELECT DISTINCT sks_code FROM diagnoses)
JOIN exposure_codes ON starts_with(replace(upper(sks_code), '.', ''), prefix)
GROUP BY sks_code, bearer;

CREATE TABLE coded_diagnoses AS
SELECT person_id, sks_code, diagnosed_date, bearer, substance
FROM known_diagnoses JOIN listed_codes USING (sks_code)
WHERE NOT is_refuted;

CREATE VIEW births_of_mothers AS
SELECT
    child, mother_id AS person_id, birth_date,
    birth_date - coalesce(gestational_age_days, getvariable('gestation_default_days'))::INTEGER AS window_start,
    least(first_contact_date, birth_date) AS first_contact
FROM known_children;

CREATE TABLE evidence AS
WITH standing AS (
    SELECT * FROM exposures_about
    LEFT JOIN (
        SELECT child, substance, max(registered_date) AS ruled_out_date FROM exposures_about
        WHERE certainty = 'ruled_out' GROUP BY ALL
    ) USING (child, substance)
    WHERE certainty = 'confirmed'
        OR (certainty = 'suspected' AND NOT coalesce(ruled_out_date >= registered_date, false))
)
SELECT
    child, 'registration' AS source, exposure_id AS source_id, least(detected_date, registered_date) AS evidence_date,
    registered_date AS known_date, certainty, substance,
    is_municipal(recorded_by) AS is_municipal, names_child
FROM standing
UNION ALL
SELECT
    child, 'child_diagnosis', concat_ws('|', person_id, sks_code, diagnosed_date), diagnosed_date, diagnosed_date,
    'confirmed', substance, false, false
FROM coded_diagnoses
JOIN children ON child_id = person_id SEMI JOIN known_children USING (child)
WHERE bearer = 'child'
UNION ALL
SELECT
    child, 'mother_diagnosis', concat_ws('|', person_id, sks_code, diagnosed_date),
    greatest(diagnosed_date, first_contact), greatest(diagnosed_date, first_contact), 'probable', substance, false,
    false
FROM coded_diagnoses JOIN births_of_mothers USING (person_id)
WHERE bearer = 'mother' AND diagnosed_date BETWEEN window_start AND birth_date
UNION ALL
SELECT
    child, 'mother_treatment', treatment_id, greatest(start_date, window_start, first_contact),
    greatest(start_date, window_start, first_contact), 'probable', substance, false, false
FROM known_treatments JOIN births_of_mothers USING (person_id)
WHERE start_date <= birth_date AND coalesce(end_date >= window_start, true)
UNION ALL
SELECT child, 'handover', handover_id, sent_date, sent_date, 'probable', NULL, is_municipal(from_actor), false
FROM handovers_about WHERE has_exposure
UNION ALL
SELECT
    child, 'support_record', record_id, coalesce(exposure_recorded_date, opened_date),
    coalesce(exposure_recorded_date, opened_date), 'probable', NULL, true, false
FROM known_support_records SEMI JOIN known_children USING (child)
WHERE exposure_status = 'recorded';

CREATE TABLE exposed AS
WITH first_known AS (SELECT *, min(known_date) OVER (PARTITION BY child) AS first_known_date FROM evidence)
SELECT
    child, min(evidence_date) AS first_evidence_date, first_known_date, max(certainty::certainty) AS certainty,
    CASE count(DISTINCT substance) FILTER (substance <> 'unspecified')
        WHEN 0 THEN 'unspecified'
        WHEN 1 THEN (min(substance) FILTER (substance <> 'unspecified'))::VARCHAR
        ELSE 'multiple'
    END AS substance_group,
    first_known_date < any_value(birth_date) AS known_before_birth,
    count(*) FILTER (known_date = first_known_date) AS first_knowers,
    count(*) FILTER (known_date = first_known_date AND is_municipal) AS municipal_first_knowers
FROM first_known JOIN known_children USING (child)
GROUP BY child, first_known_date;
