#!/bin/sh
# Measures a GPU on a bare Linux machine: a driver and Vulkan's loader are all that it needs.
# usage: sh run.sh [--quick] [--seconds N] [--out FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)

deno=$here/deno
if [ ! -x "$deno" ] && [ -f "$here/deno.gz" ]; then
  gzip -dc "$here/deno.gz" >"$deno.part"
  chmod +x "$deno.part"
  mv "$deno.part" "$deno"
fi
[ -x "$deno" ] || deno=$(command -v deno) || {
  echo "error: Cannot measure: there is no Deno beside this script, nor on PATH" >&2
  exit 1
}

drivers=${VK_DRIVER_FILES:-$(ls /etc/vulkan/icd.d/*.json /usr/share/vulkan/icd.d/*.json \
  /usr/local/share/vulkan/icd.d/*.json 2>/dev/null || true)}
if [ -z "$drivers" ]; then
  # Where containers are given NVIDIA's driver.
  drivers=$(ls /usr/local/nvidia/share/vulkan/icd.d/*.json 2>/dev/null | head -n 1 || true)
  [ -z "$drivers" ] || export VK_DRIVER_FILES="$drivers"
fi
loader=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | sed -n 's/.*libvulkan\.so\.1.*=> //p' | head -n 1)
echo "Vulkan's loader: ${loader:-none}; drivers: $(echo ${drivers:-none})" >&2
if [ -z "$loader" ]; then
  echo "error: Cannot measure: Vulkan's loader (libvulkan.so.1) is missing: install it, for instance" \
    "with \`apt-get install libvulkan1\`" >&2
  exit 1
fi

out=$(pwd)
cd "$here"
export DENO_DIR="$here/deno_dir" DENO_NO_UPDATE_CHECK=1 DENO_WEBGPU_BACKEND=vulkan INIT_CWD="$out"
# Any program: with a list of them Deno passes no LD_LIBRARY_PATH on, which the driver may need.
exec "$deno" run --quiet --cached-only --no-check --no-prompt --allow-read --allow-write \
  --allow-env=AUTT_*,INIT_CWD,XDG_RUNTIME_DIR --allow-run bench/device/main.ts "$@"
