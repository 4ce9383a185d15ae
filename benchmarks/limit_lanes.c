/* Many networks of one wiring in C, with one network in each lane, as a limit of what is possible.

   The networks of `limit.c`, with momentum as in 1986. The last dimension of the arrays is the network. The weights change after each
   block of rows: all cases (change after each epoch), one case (after each case), or the ticks of one sequence. The passes are for a few
   rows at a time, so that their activations stay in the cache. A context is a group of input units whose activations at a tick are those
   of the hidden units at the tick before; no error goes back through it. The packs of LANES networks are trained to their end one after
   the other. Sizes are constants, from the header that the benchmark writes:

     LANES, ROWS (of a pass), PASSES (of a block), BLOCKS, UNITS (inputs, then the context, then the others), INPUTS (without the context),
     CONTEXT (its units; 0 without one), HIDDEN (first unit that is copied), INITIAL (activations of the context at tick 1), OUTPUTS (the
     last units), WEIGHTS, PROJECTIONS, GROUPS, MARGIN, and
     projections[][5] = {first sender, senders, first receiver, receivers, first weight}, in forward order, weights receiver by
     receiver; groups[][3] = {first unit, units, first bias}, in forward order.

   usage: limit_lanes TABLES WEIGHTS EPOCHS RATE MOMENTUM   TABLES holds inputs [row, unit] and targets [row, unit], and WEIGHTS the
   initial weights [pack, weight, lane], float64
   writes the weights after training into WEIGHTS, and prints the seconds of processor time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "limit_lanes.h"

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)))); /* computed lane by lane */
static lanes w[WEIGHTS], g[WEIGHTS], last[WEIGHTS], y[UNITS][ROWS], dy[UNITS][ROWS];
static double inputs[BLOCKS * PASSES * ROWS * INPUTS], targets[BLOCKS * PASSES * ROWS * OUTPUTS];
static double rate, momentum;

/* The number of rows is a constant at each call, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void activate(int q, int from, int rows) {
    const int first = groups[q][0], count = groups[q][1], bias = groups[q][2];
    double sums[UNITS * ROWS * LANES];
    for (int j = 0; j < count; j++) {
        lanes x[ROWS];
        for (int r = 0; r < rows; r++) x[r] = w[bias + j];
        for (int p = 0; p < PROJECTIONS; p++) {
            if (projections[p][2] != first) continue;
            const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
            for (int i = 0; i < n; i++)
                for (int r = 0; r < rows; r++) x[r] += w[k + i] * y[s + i][from + r];
        }
        memcpy(sums + j * rows * LANES, x, rows * sizeof(lanes));
    }
    for (int r = 0; r < count * rows * LANES; r++) sums[r] = 1.0 / (1.0 + exp(-sums[r]));
    for (int j = 0; j < count; j++) memcpy(&y[first + j][from], sums + j * rows * LANES, rows * sizeof(lanes));
}

static void forward(const double *given) {
    for (int i = 0; i < INPUTS; i++)
        for (int r = 0; r < ROWS; r++) y[i][r] = (lanes){0.0} + given[r * INPUTS + i];
    for (int r = 0; CONTEXT && r < ROWS; r++) {
        for (int i = 0; i < CONTEXT; i++) y[INPUTS + i][r] = r ? y[HIDDEN + i][r - 1] : (lanes){0.0} + INITIAL;
        activate(0, r, 1); /* with a context, the first group is the one that it copies */
    }
    for (int q = CONTEXT ? 1 : 0; q < GROUPS; q++) activate(q, 0, ROWS);
}

static void compare(const double *wanted) {
    for (int j = 0; j < OUTPUTS; j++)
        for (int r = 0; r < ROWS; r++) {
            const double d = wanted[r * OUTPUTS + j];
            const double *out = (double *)&y[UNITS - OUTPUTS + j][r];
            double *miss = (double *)&dy[UNITS - OUTPUTS + j][r];
            for (int l = 0; l < LANES; l++) {
                const int is_within = MARGIN > 0 && (d >= 0.5 ? out[l] > d - MARGIN : out[l] < d + MARGIN);
                miss[l] = is_within ? 0.0 : out[l] - d;
            }
        }
}

static inline __attribute__((always_inline)) void change(int k, lanes derivative) {
    last[k] = momentum * last[k] - rate * derivative;
    w[k] += last[k];
}

static inline __attribute__((always_inline)) void add_or_change(int k, lanes part) {
    if (PASSES == 1)
        change(k, part);
    else
        g[k] += part;
}

static void backward(void) {
    memset(dy, 0, sizeof dy - OUTPUTS * sizeof dy[0]);
    for (int q = GROUPS - 1; q >= 0; q--)
        for (int j = 0; j < groups[q][1]; j++) {
            lanes dx[ROWS], total = {0.0};
            for (int r = 0; r < ROWS; r++) {
                const lanes out = y[groups[q][0] + j][r];
                dx[r] = dy[groups[q][0] + j][r] * out * (1.0 - out);
                total += dx[r];
            }
            add_or_change(groups[q][2] + j, total);
            for (int p = 0; p < PROJECTIONS; p++) {
                if (projections[p][2] != groups[q][0]) continue;
                const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
                for (int i = 0; i < n; i++) {
                    lanes sum = {0.0};
                    for (int r = 0; r < ROWS; r++) sum += dx[r] * y[s + i][r];
                    for (int r = 0; s >= INPUTS + CONTEXT && r < ROWS; r++) dy[s + i][r] += w[k + i] * dx[r];
                    add_or_change(k + i, sum);
                }
            }
        }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **given) {
    FILE *file = count == 6 ? fopen(given[1], "rb") : NULL, *weights = count == 6 ? fopen(given[2], "r+b") : NULL;
    if (!file || !weights || fread(inputs, sizeof inputs, 1, file) + fread(targets, sizeof targets, 1, file) != 2) {
        fprintf(stderr, "limit_lanes: cannot read its arguments or its files\n");
        return 2;
    }
    const int epochs = atoi(given[3]);
    double seconds = 0.0;
    rate = atof(given[4]);
    momentum = atof(given[5]);
    while (fread(w, sizeof w, 1, weights) == 1) {
        const double start = now();
        memset(last, 0, sizeof last);
        for (int epoch = 0; epoch < epochs; epoch++)
            for (int block = 0; block < BLOCKS; block++) {
                for (int pass = block * PASSES; pass < (block + 1) * PASSES; pass++) {
                    forward(inputs + pass * ROWS * INPUTS);
                    compare(targets + pass * ROWS * OUTPUTS);
                    backward();
                }
                for (int k = 0; PASSES > 1 && k < WEIGHTS; k++) {
                    change(k, g[k]);
                    g[k] = (lanes){0.0};
                }
            }
        seconds += now() - start;
        fseek(weights, -(long)sizeof w, SEEK_CUR);
        fwrite(w, sizeof w, 1, weights);
        fseek(weights, 0, SEEK_CUR);
    }
    printf("%.9g\n", seconds);
    return 0;
}
