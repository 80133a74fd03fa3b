// What SQLite's planner is told about the size of tables. Internal to storage/sqlite/.
#pragma once

#include <string_view>

namespace fairlead::storage::sqlite {

// Run after migrating. Without statistics SQLite takes a table's first key column for selective,
// and so reads all rows of a brand instead of looking up an order; measured ones do not exist while
// a database is new, and would make plans change from day to day. So every index is given the same
// fixed shape: a million rows, of which a brand has a tenth, ten for each further column, one for a
// whole unique key.
inline constexpr std::string_view planner_statistics = R"sql(
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT t.name, i.name,
       (SELECT '1000000' || group_concat(
                 CASE WHEN c.seqno = 0 AND c.name = 'brand_id' THEN ' 100000'
                      WHEN i."unique" = 1
                       AND c.seqno = (SELECT MAX(last.seqno) FROM pragma_index_info(i.name) AS last)
                      THEN ' 1' ELSE ' 10' END, '')
        FROM pragma_index_info(i.name) AS c)
FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i
WHERE t.type = 'table';
ANALYZE sqlite_schema;
)sql";

}  // namespace fairlead::storage::sqlite
