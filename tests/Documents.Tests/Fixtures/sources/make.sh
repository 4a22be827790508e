#!/bin/sh
# Makes the fixtures anew from these sources, with LibreOffice.
set -e
cd "$(dirname "$0")"
convert() { soffice -env:UserInstallation="file://${TMPDIR:-/tmp}/fixtures-profile" --headless --convert-to "$1" --outdir .. "$2"; }
convert docx agreement.fodt
convert pdf agreement.fodt
convert pdf columns.fodt
convert xlsx inventory.fods
convert pptx slides.fodp
# As columns.pdf, with a password.
mkdir -p "${TMPDIR:-/tmp}/fixtures-locked"
soffice -env:UserInstallation="file://${TMPDIR:-/tmp}/fixtures-profile" --headless --outdir "${TMPDIR:-/tmp}/fixtures-locked" \
  --convert-to 'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}' columns.fodt
mv "${TMPDIR:-/tmp}/fixtures-locked/columns.pdf" ../locked.pdf
