; The variables of the library in page zero.
.zeropage
.exportzp num1, num2, product, remainder, src, dst, count

num1:       .res 2
num2:       .res 2
product:    .res 4
remainder:  .res 2
src:        .res 2
dst:        .res 2
count:      .res 2
