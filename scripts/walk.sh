#!/bin/sh
# The first ten minutes, without an account: run it in an empty folder, with revox-sync on the PATH.
# A test replays it, and says where each step must end.
set -u

git init -q
revox-sync init
revox-sync --sandbox plan
revox-sync --sandbox apply
git add . && git commit -qm 'Begin with a front desk'

# An edit.
sed -i.bak 's/small hotel/big hotel/' assistants/front-desk.yaml && rm assistants/*.bak
revox-sync --sandbox plan
revox-sync --sandbox apply
git commit -qam 'A bigger hotel'

# A mistake, and what the field is called.
sed -i.bak 's/^first_sentence:/first_sentense:/' assistants/front-desk.yaml && rm assistants/*.bak
revox-sync --sandbox plan
revox-sync explain first_sentence
git checkout -q assistants

# Drift: what the account has is not what git says.
sed -i.bak 's/Hello/Good morning/' assistants/front-desk.yaml && rm assistants/*.bak
revox-sync --sandbox apply
git checkout -q assistants
revox-sync --sandbox drift

# The way back: the apply before is undone, and the drift with it.
revox-sync --sandbox rollback
revox-sync --sandbox drift
revox-sync --sandbox plan --detailed-exitcode
