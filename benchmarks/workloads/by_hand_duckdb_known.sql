-- The thirteen rules as somebody who knows DuckDB writes them by hand, for tables of which only incomes may be missing:
-- members are all listed, and values are trusted to lie within their bounds. Money is whole fen.
CREATE OR REPLACE MACRO fen(yuan) AS floor(yuan * 100 + 0.5);
CREATE OR REPLACE MACRO finer(yuan) AS coalesce(abs(yuan * 100 - fen(yuan)) > 1e-4, false);
CREATE OR REPLACE MACRO put(flag, number) AS flag::INT << number;
CREATE OR REPLACE MACRO those(wanted, names, flags) AS CASE WHEN wanted THEN list_where(names, flags) ELSE []::VARCHAR[] END;

CREATE OR REPLACE TABLE graded AS
WITH found AS ( -- yes-or-no questions about members as the bits of one number
  SELECT household_id, count(*) AS listed, sum(fen(out_of_pocket)) AS medical, bit_or(
    put(employed, 0) | put(health = 'disabled' AND labour IN ('lost', 'none'), 1)
    | put(birth_date > DATE '2008-05-01' AND birth_date <= DATE '2018-05-01' AND NOT in_school, 2)
    | put(NOT basic_medical_insurance, 3) | put(finer(out_of_pocket), 4)) AS bits
  FROM members GROUP BY household_id
), twice AS (
  SELECT household_id FROM households GROUP BY household_id HAVING count(*) > 1
), ends AS (
  SELECT h.*, coalesce(listed, 0) AS listed, coalesce(medical, 0) AS medical, coalesce(bits, 0) AS bits,
    greatest(listed, 1) AS persons,
    coalesce(fen(wage_income), 0) + coalesce(fen(business_income), 0) + coalesce(fen(property_income), 0)
      + coalesce(fen(transfer_income), 0) - coalesce(fen(business_expense), 1e11) AS net_lo,
    coalesce(fen(wage_income), 1e11) + coalesce(fen(business_income), 1e11) + coalesce(fen(property_income), 1e11)
      + coalesce(fen(transfer_income), 1e11) - coalesce(fen(business_expense), 0) AS net_hi,
    fen(previous_net_income_per_person) AS before,
    h.household_id IS NULL AS nameless, twice.household_id IS NOT NULL AS doubled
  FROM (SELECT *, row_number() OVER () AS nth FROM households) AS h
  LEFT JOIN found USING (household_id) LEFT JOIN twice USING (household_id)
), risks AS (
  SELECT *, net_hi / persons < 750000 AS low_lo, net_lo / persons < 750000 AS low_hi,
    medical > 2000000 OR medical * 10 > 3 * net_hi AS medical_lo,
    medical > 2000000 OR medical * 10 > 3 * net_lo AS medical_hi,
    (before - net_hi / persons) * 10 > 3 * before AS fall_lo, (before - net_lo / persons) * 10 > 3 * before AS fall_hi,
    fen(rigid_spending) > 3000000 AS rigid, fen(disaster_loss) > 1000000 AS disaster,
    bits & 1 = 0 AS nobody, bits & 2 <> 0 AS disabled, bits & 4 <> 0 AS dropped, bits & 8 <> 0 AS uninsured,
    housing = 'not_met' OR housing_grade IN ('C', 'D') AS unsafe, water = 'not_met' AS water_out,
    food = 'not_met' AS hungry, clothing = 'not_met' AS unclothed,
    nameless OR doubled OR listed > 50 AS refused
  FROM ends
), counted AS (
  SELECT *, low_hi AND NOT low_lo AS low_open, medical_hi AND NOT medical_lo AS medical_open,
    fall_hi AND NOT fall_lo AS fall_open,
    rigid::INT + disaster::INT + nobody::INT + disabled::INT + dropped::INT + uninsured::INT + unsafe::INT
      + water_out::INT + hungry::INT + unclothed::INT AS sure,
    dropped OR uninsured OR unsafe OR water_out OR hungry OR unclothed AS need
  FROM risks
), kinds AS (
  SELECT *, sure + low_lo::INT + medical_lo::INT + fall_lo::INT AS count_lo,
    sure + low_hi::INT + medical_hi::INT + fall_hi::INT AS count_hi,
    low_open OR medical_open OR fall_open AS open,
    registered_poor AND low_lo AS unstable_lo, registered_poor AND low_hi AS unstable_hi,
    NOT registered_poor AND low_lo AS marginal_lo, NOT registered_poor AND low_hi AS marginal_hi,
    NOT low_hi AND sudden_event AND basic_living_difficulty AND (medical_lo OR rigid OR fall_lo OR disaster) AS sudden_lo,
    NOT low_lo AND sudden_event AND basic_living_difficulty AND (medical_hi OR rigid OR fall_hi OR disaster) AS sudden_hi
  FROM counted
)
SELECT household_id,
  CASE WHEN refused THEN 'refused' WHEN count_lo > 0 THEN 'graded' WHEN count_hi > 0 THEN 'unknown' ELSE 'clear' END AS status,
  CASE WHEN refused THEN NULL WHEN need THEN 'red' WHEN count_lo >= 2 THEN 'yellow' WHEN count_lo = 1 THEN 'blue' END AS grade,
  CASE WHEN refused THEN NULL WHEN need THEN 'red' WHEN count_hi >= 2 THEN 'yellow' WHEN count_hi = 1 THEN 'blue' END AS possible_grade,
  CASE WHEN refused THEN NULL WHEN unstable_lo THEN 'unstable' WHEN marginal_lo THEN 'marginal' WHEN sudden_lo THEN 'sudden'
    WHEN NOT (unstable_hi OR marginal_hi OR sudden_hi) THEN 'none' END AS category,
  CASE WHEN refused THEN NULL WHEN NOT (unstable_hi OR marginal_hi OR sudden_hi) THEN ['none']
    ELSE list_where(['unstable', 'marginal', 'sudden', 'none'],
      [unstable_hi, marginal_hi, sudden_hi, NOT (unstable_lo OR marginal_lo OR sudden_lo)]) END AS possible_categories,
  CASE WHEN NOT refused THEN those(count_lo > 0,
    ['low_income', 'medical_burden', 'rigid_burden', 'income_fall', 'disaster_hit', 'nobody_employed', 'disabled_without_labour',
     'out_of_school', 'uninsured', 'unsafe_housing', 'unsafe_water', 'hungry', 'unclothed'],
    [low_lo, medical_lo, rigid, fall_lo, disaster, nobody, disabled, dropped, uninsured, unsafe, water_out, hungry, unclothed]) END AS risks,
  CASE WHEN NOT refused THEN those(open, ['low_income', 'medical_burden', 'income_fall'], [low_open, medical_open, fall_open]) END AS unknown_risks,
  CASE WHEN NOT refused THEN those(open,
    ['wage_income', 'business_income', 'property_income', 'transfer_income', 'business_expense'],
    [wage_income IS NULL, business_income IS NULL, property_income IS NULL, transfer_income IS NULL, business_expense IS NULL]) END AS to_ask,
  CASE WHEN refused THEN NULL WHEN need THEN ['county'] WHEN count_lo >= 2 THEN ['township', 'departments']
    WHEN count_lo = 1 THEN ['village', 'township'] ELSE []::VARCHAR[] END AS handled_by,
  those(refused OR listed <> size OR finer(wage_income) OR finer(business_income) OR finer(property_income)
      OR finer(transfer_income) OR finer(business_expense) OR bits & 16 <> 0 OR finer(rigid_spending)
      OR finer(previous_net_income_per_person) OR finer(disaster_loss),
    ['too-many-decimals:wage_income', 'too-many-decimals:business_income', 'too-many-decimals:property_income',
     'too-many-decimals:transfer_income', 'too-many-decimals:business_expense', 'too-many-decimals:members.out_of_pocket',
     'too-many-decimals:rigid_spending', 'too-many-decimals:previous_net_income_per_person', 'too-many-decimals:disaster_loss',
     'size-differs:size', 'row-without-id:household_id', 'row-id-twice:household_id', 'rows-too-many:members'],
    [finer(wage_income), finer(business_income), finer(property_income), finer(transfer_income), finer(business_expense),
     bits & 16 <> 0, finer(rigid_spending), finer(previous_net_income_per_person), finer(disaster_loss),
     listed <> size, nameless, doubled, listed > 50]) AS faults
FROM kinds ORDER BY nth;
