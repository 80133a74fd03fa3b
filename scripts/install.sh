# Sourced by scripts/run, test, check and bench: steps with their times, and packages by name.
# Everything is said on standard error, so that what a script prints can be used.

steps=()

# step TITLE command…: says what happens, runs it, says how long it took; failing stops the script.
step() {
  local title=$1 began=$SECONDS
  shift
  printf '\n==> %s\n' "$title" >&2
  if ! "$@"; then
    printf '\nFAILED after %d s: %s\n' $((SECONDS - began)) "$title" >&2
    exit 1
  fi
  steps+=("$(printf '%5d s  %s' $((SECONDS - began)) "$title")")
  printf '    done in %d s\n' $((SECONDS - began)) >&2
}

print_times() {
  printf '\n'
  printf '%s\n' "${steps[@]}"
  printf '%5d s  in all\n' "$SECONDS"
}

# packages_of SECTION…: the names in these sections of packages.txt.
packages_of() {
  local section
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/p}" scripts/packages.txt
  done
}

# By their own name or provided by another package, as npm is by other builds of nodejs.
missing_packages() {
  local name provided
  provided=" $(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' |
    sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/,/ /g' | tr -s '\n ' '  ') "
  for name in $(packages_of "$@"); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
      [[ $provided == *" $name "* ]] || echo "$name"
  done
}

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >&2
}
apt_update() { "${as_root[@]}" apt-get update -q -o DPkg::Lock::Timeout=300 >&2; }

# install_packages SECTION…: asks nothing, and does nothing when all are there.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This needs Debian 12 or a system with its packages (scripts/packages.txt)." >&2
    return 1
  fi
  local missing
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    echo "all $(packages_of "$@" | wc -l) packages are installed" >&2
    return 0
  fi
  # shellcheck disable=SC2086
  set -- $missing
  if [ "$(id -u)" -eq 0 ]; then
    as_root=()
  elif command -v sudo >/dev/null; then
    as_root=(sudo)
  else
    printf 'Packages are missing, and this is neither root nor is there sudo. As root, run:\n' >&2
    printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "$*" >&2
    return 1
  fi
  echo "installing $# packages: $*" >&2
  local name
  for name in "$@"; do
    if [ -z "$(apt-cache madison "$name" 2>/dev/null)" ]; then
      apt_update || return 1
      break
    fi
  done
  # A stale list names files that are gone: refresh it once.
  apt_install "$@" || { apt_update && apt_install "$@"; } || {
    echo "apt-get could not install: $*" >&2
    echo "See its message above; the packages are those of Debian 12 (bookworm)." >&2
    return 1
  }
}

# As many compilers as there are cores, but not more than memory allows (1.5 GB each).
jobs_max() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  [ "$memory_gb" -ge 1 ] || memory_gb=1
  echo $((cores < memory_gb ? cores : memory_gb))
}

# build PRESET target…
build() {
  local preset=$1
  shift
  # A failed first attempt leaves a directory that would be mistaken for a good one.
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >&2 || { rm -f "build/$preset/CMakeCache.txt"; return 1; }
  fi
  # By preset, whose environment lets the compiler cache take what the precompiled header made.
  cmake --build --preset "$preset" -j "$(jobs_max)" ${1:+--target "$@"} >&2
}
