#!/bin/sh
# world.py → nominatim.sqlite.xz, by a real Nominatim import. Run once, as root, where there is Debian's
#   postgresql-15 postgresql-15-postgis-3 osm2pgsql osmium-tool libsqlite3-mod-spatialite python3-icu
# and, in a virtual environment made with --system-site-packages, given as $1:
#   nominatim-db nominatim-api aiosqlite psycopg[binary]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$1
work=$(mktemp -d)
bin=/usr/lib/postgresql/15/bin
chown postgres "$work"
port=54329
su postgres -c "$bin/initdb -A trust -D $work/pg > /dev/null"
su postgres -c "$bin/pg_ctl -D $work/pg -w -l $work/log -o '-p $port -k $work -h 127.0.0.1 -c fsync=off' start"
trap 'su postgres -c "$bin/pg_ctl -D $work/pg -m immediate stop"; rm -rf "$work"' EXIT
su postgres -c "psql -q -h 127.0.0.1 -p $port -c 'CREATE ROLE \"www-data\" LOGIN'"
mkdir "$work/project"
cat > "$work/project/.env" <<SETTINGS
NOMINATIM_DATABASE_DSN="pgsql:dbname=nominatim;host=127.0.0.1;port=$port;user=postgres"
NOMINATIM_IMPORT_STYLE=full
NOMINATIM_LANGUAGES=en,ar,fr
SETTINGS
cd "$work/project"
python3 "$here/world.py" > world.osm
osmium cat -O -o world.osm.pbf world.osm
"$venv/bin/nominatim" import --offline --osm-file world.osm.pbf --threads 1
"$venv/bin/nominatim" convert --output world.sqlite
# The grid and the names of the world's countries are OpenStreetMap's (ODbL) and large; our two countries do without.
/usr/bin/python3 - <<PYTHON
import sqlite3
base = sqlite3.connect("world.sqlite", isolation_level=None)
base.enable_load_extension(True)
base.load_extension("mod_spatialite")
base.execute("DELETE FROM country_osm_grid")
base.execute("DELETE FROM word WHERE type = 'C' AND word NOT IN ('ly', 'lb')")
base.execute("DELETE FROM country_name WHERE country_code NOT IN ('ly', 'lb')")
for table in ("word", "search_name"):
    print(table, base.execute(f"SELECT count(*) FROM {table}").fetchone())
base.execute("VACUUM")
PYTHON
xz -9e -k -c world.sqlite > "$here/nominatim.sqlite.xz"
ls -l "$here/nominatim.sqlite.xz"
